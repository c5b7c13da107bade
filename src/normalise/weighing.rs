//! Quantities to kilograms a year, or to base units of another dimension.

use super::density;
use crate::measures::frequency::Rate;
use crate::measures::number::Decimal;
use crate::measures::quantity::Written;
use crate::measures::units::{Kind, Unit};
use crate::model::{Amount, Category, Dimension, FlowType, Mass, State};

/// Kilograms a year that no single flow reaches: ten million tonnes.
const LARGEST_KG: i64 = 10_000_000_000;

/// Litres in a cubic metre.
const LITRES: i128 = 1_000;

/// What became of a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weighed {
    /// Kilograms a year.
    Known(Mass),
    /// Not a mass; nothing is wrong.
    NotMass,
    /// A volume or count of something without density.
    NoDensity,
    /// A unit without one meaning.
    Ambiguous,
    /// Toxic equivalents.
    Toxicity,
    /// More than any company moves.
    OutOfRange,
}

/// Kilograms a year of a quantity in a unit at a rate.
pub(super) fn weigh(
    written: &Written,
    unit: &Unit,
    rate: Rate,
    category: Option<Category>,
    flow_type: FlowType,
    (description, state): (&str, Option<State>),
) -> Weighed {
    let category = if flow_type == FlowType::Water { "" } else { category.map_or("?", Category::code) };
    let (low_factor, high_factor) = match unit.kind {
        Kind::Mass(kg) => (kg, kg),
        Kind::Volume(cubic_metres) => {
            let text = if flow_type == FlowType::Water { "eau" } else { description };
            let Some((low, high)) = density::find(category, "m3", text, state) else {
                return Weighed::NoDensity;
            };
            match (low.times(cubic_metres), high.times(cubic_metres)) {
                (Some(low), Some(high)) => (low, high),
                _ => return Weighed::OutOfRange,
            }
        }
        Kind::Count => match density::find(category, &unit.code, description, state) {
            Some(each) => each,
            None => return Weighed::Ambiguous,
        },
        Kind::NotMass(..) => return Weighed::NotMass,
        Kind::Ambiguous | Kind::Container => return Weighed::Ambiguous,
        Kind::Toxicity => return Weighed::Toxicity,
    };
    let mass = interval(written, (low_factor, high_factor), rate.times)
        .filter(|[.., high]| *high <= LARGEST_KG)
        .and_then(|[low, best, high]| Mass::new(low, best, high));
    mass.map_or(Weighed::OutOfRange, Weighed::Known)
}

/// Lower end, best value and upper end of so many times a quantity.
fn interval(written: &Written, (low, high): (Decimal, Decimal), times: Decimal) -> Option<[i64; 3]> {
    let low = written.low.times(low)?.times(times)?;
    let high = written.high.times(high)?.times(times)?;
    Some([low.round()?, low.middle(high)?.round()?, high.round()?])
}

/// A quantity in the dimension of its unit, where that is no mass: of a year, or as much as there is of what
/// [`stands`]. None when nothing says how often the former comes.
pub(super) fn counted(
    written: &Written,
    unit: &Unit,
    rate: Option<Rate>,
    flow_type: FlowType,
) -> Option<Amount> {
    let (dimension, factor) = match unit.kind {
        Kind::NotMass(dimension, factor) => (dimension, factor),
        Kind::Volume(cubic_metres) => (Dimension::Volume, cubic_metres.times(Decimal::whole(LITRES))?),
        _ => return None,
    };
    let times = if stands(dimension, flow_type) { Decimal::whole(1) } else { rate?.times };
    let [low, best, high] = interval(written, (factor, factor), times)?;
    Amount::new(dimension, low, best, high)
}

/// Whether so much is there, however often it is to be had: powers and people are not added up over a year,
/// nor are machines and rooms.
pub(super) const fn stands(dimension: Dimension, flow_type: FlowType) -> bool {
    match dimension {
        Dimension::Power | Dimension::People => true,
        Dimension::Area | Dimension::Length | Dimension::Pieces | Dimension::Volume => {
            matches!(flow_type, FlowType::Equipment | FlowType::Space)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Rate, Weighed, weigh};
    use crate::measures::quantity::read;
    use crate::measures::units;
    use crate::model::{Category, FlowType, Frequency};
    use proptest::prelude::{prop_assert, proptest};

    fn kg(text: &str) -> Option<(i64, i64, i64)> {
        let written = read(text).unwrap();
        let unit = units::find(&written.unit).unwrap();
        let rate = written.rate.unwrap_or(Rate::of(Frequency::Yearly));
        match weigh(&written, &unit, rate, Some(Category::Wood), FlowType::Material, ("copeaux", None)) {
            Weighed::Known(mass) => Some((mass.low_kg(), mass.best_kg(), mass.high_kg())),
            _ => None,
        }
    }

    #[test]
    fn quantities_become_exact_kilograms_a_year() {
        assert_eq!(kg("2 à 3 t/sem"), Some((104_000, 130_000, 156_000)));
        assert_eq!(kg("2-3 t/an"), Some((2_000, 2_500, 3_000)));
        assert_eq!(kg("entre 2 et 3 tonnes par mois"), Some((24_000, 30_000, 36_000)));
        assert_eq!(kg("environ 500 kg"), Some((500, 500, 500)));
        assert_eq!(kg("<0,1 t"), Some((0, 50, 100)));
        assert_eq!(kg("~ 1 234,56 kg"), Some((1_235, 1_235, 1_235)));
        assert_eq!(kg("100 lb"), Some((45, 45, 45)));
        assert_eq!(kg("1 tonne courte"), Some((907, 907, 907)));
        assert_eq!(kg("200 kg 2x/semaine"), Some((20_800, 20_800, 20_800)));
        assert_eq!(kg("2 t à 3 t"), Some((2_000, 2_500, 3_000)));
        assert_eq!(kg("10 vg³"), Some((1_361, 2_495, 3_629)));
        assert_eq!(kg("500 kg (estimé)"), Some((500, 500, 500)));
        assert_eq!(kg("500 kg ± 10 %"), Some((450, 500, 550)));
        assert_eq!(kg("500 ± 50 kg/mois"), Some((5_400, 6_000, 6_600)));
        assert_eq!(kg("500 kg environ"), Some((500, 500, 500)));
        assert_eq!(kg("au moins 500 kg"), Some((500, 500, 500)));
        assert_eq!(kg("200 ou 400 kg"), Some((200, 300, 400)));
        assert_eq!(kg("2 t (4 400 lb)"), Some((2_000, 2_000, 2_000)));
        assert_eq!(kg("500 kg max."), Some((0, 250, 500)));
        assert_eq!(kg("+/- 500 kg"), Some((500, 500, 500)));
        assert_eq!(kg("± 500 kg par mois"), Some((6_000, 6_000, 6_000)));
        assert_eq!(kg("une dizaine de tonnes"), Some((10_000, 10_000, 10_000)));
        assert_eq!(kg("une tonne et demie"), Some((1_500, 1_500, 1_500)));
    }

    #[test]
    fn so_many_containers_hold_so_many_times_what_one_does() {
        assert_eq!(kg("12 sacs de 25 kg"), Some((300, 300, 300)));
        assert_eq!(kg("10 à 12 sacs de 20 à 25 kg par semaine"), Some((10_400, 13_000, 15_600)));
        assert_eq!(kg("6 x 20 kg"), Some((120, 120, 120)));
        assert_eq!(kg("4 palettes d'environ 500 kg / mois"), Some((24_000, 24_000, 24_000)));
        assert_eq!(kg("une dizaine de barils de 100 kg"), Some((1_000, 1_000, 1_000)));
        assert_eq!(kg("moins de 4 sacs de 25 kg"), Some((0, 50, 100)));
        for (text, each) in [
            ("10 sacs à 25 kg", 250),
            ("5 bales (400 kg each)", 2_000),
            ("5 balles (400 kg chacune) par an", 2_000),
            ("5 balles de 400 kg chacune", 2_000),
            ("5 bales, 400 kg each", 2_000),
            ("10 sacs (25 kg/sac)", 250),
            ("10 bags at 25 kg", 250),
            ("10 sacs par mois (25 kg chacun)", 3_000),
            ("2 douzaines de sacs de 25 kg", 600),
        ] {
            assert_eq!(kg(text), Some((each, each, each)), "{text}");
        }
    }

    #[test]
    fn a_range_with_two_units_is_exact_in_kilograms() {
        assert_eq!(kg("entre 500 kg et 2 tonnes"), Some((500, 1_250, 2_000)));
        assert_eq!(kg("500 kg à 2 t"), Some((500, 1_250, 2_000)));
        assert_eq!(kg("500 kg/mois à 2 t/mois"), Some((6_000, 15_000, 24_000)));
        assert_eq!(kg("800 lb - 1 t par an"), Some((363, 681, 1_000)));
        assert_eq!(kg("1 à 2 millions de kg"), Some((1_000_000, 1_500_000, 2_000_000)));
        // The qualifier of a range says nothing of its lower end.
        assert_eq!(kg("2 à 3 t max."), Some((2_000, 2_500, 3_000)));
    }

    #[test]
    fn what_people_write_around_a_quantity_is_understood() {
        for (text, all) in [
            ("2 millions kg", 2_000_000),
            ("2,5 millions de kg", 2_500_000),
            ("3 mille tonnes", 3_000_000),
            ("12k kg", 12_000),
            ("1.234.567 kg", 1_234_567),
            ("1,234,567 kg", 1_234_567),
            ("half a tonne a month", 6_000),
            ("2 t twice a month", 48_000),
            ("3 t en une fois", 3_000),
            ("3 t en une seule fois", 3_000),
            ("3 t one time", 3_000),
            ("une tonne, une seule fois", 1_000),
            ("500 kg/jour ouvrable", 130_000),
            ("500 kg per working day", 130_000),
            ("2 kt", 2_000_000),
            ("1 000 000 de kg", 1_000_000),
            ("4 t (par mois)", 48_000),
            ("2 tonnes et demie par mois", 30_000),
            ("2 fois par mois 500 kg", 12_000),
            ("une fois par an, 3 tonnes", 3_000),
            ("2x/sem 300 kg", 31_200),
            ("1 500 kg/année (2024)", 1_500),
            ("500 kg 3 fois l'an", 1_500),
            ("1,5E+03 kg", 1_500),
            ("1e3 kg", 1_000),
            ("*500 kg", 500),
            ("500 kg *", 500),
            ("nearly a tonne", 1_000),
            ("aux environs de 500 kg", 500),
        ] {
            assert_eq!(kg(text), Some((all, all, all)), "{text}");
        }
        // Chips weigh 178 to 474.6 kg a cubic metre.
        assert_eq!(kg("20 hL"), Some((356, 653, 949)));
        for litres in ["2000 L par an", "12 x 166,6667 L/an", "2 totes of 1000 L a year", "1000 l aux 6 mois"]
        {
            assert_eq!(kg(litres), Some((356, 653, 949)), "{litres}");
        }
        assert_eq!(kg("5 t/an +/- 10 %"), Some((4_500, 5_000, 5_500)));
        assert_eq!(kg("3 gallons"), None);
        assert_eq!(kg("999999999999 t"), None);
    }

    proptest! {
        #[test]
        fn intervals_are_ordered(low in 0_u32..1_000_000, width in 0_u32..1_000_000, unit in "kg|t|lb|vg3|m3|gal us") {
            let (low, high) = (f64::from(low) / 8.0, f64::from(low) / 8.0 + f64::from(width));
            if let Some((low, best, high)) = kg(&format!("{low:.4} à {high:.4} {unit}")) {
                prop_assert!(low <= best && best <= high);
            }
        }
    }
}
