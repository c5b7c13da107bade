//! Which substance a flow names: `pipelines/reference/substances.csv`, ours, French and English.
//!
//! Steel and aluminium are both metal, film and barrels both plastic, nitric and phosphoric acid both chemicals:
//! where both sides name a substance of one family and share none, they are not one material. Where both are
//! plainly one substance, in whatever words (`NaOH`, `soude caustique`), they are one.

use super::bits::Bits;
use super::heads::{self, Kind};
use super::phrases::{Mention, Phrases, Text};
use super::tables::rows;
use std::sync::LazyLock;

#[derive(Debug)]
struct Tables {
    names: Phrases<Bits>,
    /// The substances of each family.
    families: Vec<Bits>,
    /// Substances of the families that a treatment does not change.
    lasting: Bits,
    /// Substances that are one whatever is made of them, and those whose ware (a drum of steel) is another thing.
    chemicals: Bits,
    metals: Bits,
    polymers: Bits,
    /// Names of each substance, French and English; none of what no row titles.
    titles: Vec<(&'static str, &'static str)>,
}

/// Families that a treatment does not change: steel stays steel, film may become a barrel.
const LASTING: [&str; 4] = ["metal", "polymere", "verre", "chimique"];

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut codes = Vec::<(&str, &str)>::new();
    let (mut families, mut cells) = (Vec::<(&str, Bits)>::new(), Vec::<(&str, Bits)>::new());
    let mut titles = Vec::<(&str, &str)>::new();
    for row in rows(include_str!("../../pipelines/reference/substances.csv")) {
        let family = row[0];
        let numbers: Vec<usize> = row[1]
            .split_whitespace()
            .map(|code| {
                let known = codes.iter().position(|one| *one == (family, code));
                known.unwrap_or_else(|| {
                    codes.push((family, code));
                    titles.push(("", ""));
                    codes.len() - 1
                })
            })
            .collect();
        if let ([at], false) = (numbers.as_slice(), row[2].is_empty()) {
            titles[*at] = (row[2], row[3]);
        }
        let of = numbers.iter().filter_map(|at| u32::try_from(*at).ok()).map(Bits::of).collect();
        match families.iter_mut().find(|(title, _)| *title == family) {
            Some((_, all)) => *all |= of,
            None => families.push((family, of)),
        }
        cells.push((row[4], of));
    }
    assert!(codes.len() <= Bits::MOST, "the substances of the embedded table fit in a set");
    let of = |wanted: &[&str]| -> Bits {
        families.iter().filter(|(title, _)| wanted.contains(title)).map(|(_, of)| *of).collect()
    };
    Tables {
        names: Phrases::new(cells.into_iter()),
        lasting: of(&LASTING),
        chemicals: of(&["chimique"]),
        metals: of(&["metal"]),
        polymers: of(&["polymere"]),
        families: families.iter().map(|(_, of)| *of).collect(),
        titles,
    }
});

/// What a text names as what is there or is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) all: Bits,
    /// The one metal, polymer or chemical that the thing itself is.
    pub(super) is: Option<u16>,
}

/// A name that stands in a text, and whether it is what the text speaks of.
type Told = (Bits, bool);

/// Reads what a text names.
pub(super) fn named(text: &Text) -> Named {
    let told = told(text);
    let things: Bits = told.iter().filter(|(_, is_head)| *is_head).map(|(of, _)| *of).collect();
    Named { all: told.iter().map(|(of, _)| *of).collect(), is: thing(things) }
}

/// Names in a text that it does not turn round. A chemical that is only said beside (`chiffons imbibés d’acétone`)
/// is none, nor is its family where it is named itself (`solvant : toluène`).
fn told(text: &Text) -> Vec<Told> {
    let mut mentions = TABLES.names.mentions(text);
    if mentions.is_empty() {
        return Vec::new();
    }
    mentions.sort_by_key(Mention::place);
    let is_chemical = |one: &Mention<Bits>| one.of.meets(TABLES.chemicals);
    let heads = heads::are_heads(text, &mentions, &|one| match one.of {
        of if of.meets(TABLES.chemicals) => Kind::Chemical,
        of if of.meets(TABLES.lasting) => Kind::Other,
        _ => Kind::Form,
    });
    let mut told: Vec<Told> = mentions
        .iter()
        .zip(heads)
        .filter(|(one, is_head)| !one.is_turned && (*is_head || !is_chemical(one)))
        .map(|(one, is_head)| (one.of, is_head && !one.of.is_empty()))
        .collect();
    let all: Vec<Bits> = told.iter().map(|(of, _)| *of & TABLES.chemicals).collect();
    let is_narrower = |one: &Bits, of: Bits| !one.is_empty() && one.is_within(of) && *one != of;
    told.retain(|(of, _)| !of.meets(TABLES.chemicals) || !all.iter().any(|one| is_narrower(one, *of)));
    told
}

/// The one substance that things so named are. A form (`film`) may be said of a polymer, and anything that a
/// chemical lies in; of a metal nothing, for a barrel of steel is sought as a barrel.
fn thing(named: Bits) -> Option<u16> {
    let one = lasting(named).only()?;
    let (of, beside) = (Bits::of(one), named.beside(TABLES.lasting));
    let is_plain = of.meets(TABLES.chemicals)
        || of.meets(TABLES.polymers)
        || of.meets(TABLES.metals) && beside.is_empty();
    u16::try_from(one).ok().filter(|_| is_plain)
}

/// The names of a substance, French and English, when the table has them.
pub(super) fn title(one: u16) -> Option<(&'static str, &'static str)> {
    TABLES.titles.get(usize::from(one)).copied().filter(|(french, _)| !french.is_empty())
}

/// Whether both name a substance of one family, and share none of it.
pub(super) fn differ(one: Bits, other: Bits) -> bool {
    // Most name none.
    !one.is_empty()
        && !other.is_empty()
        && TABLES
            .families
            .iter()
            .any(|family| one.meets(*family) && other.meets(*family) && !(one & other).meets(*family))
}

/// Whether a text names beside a substance of the other side another one of its family, each by a name of its
/// own: only a part of what it speaks of is what the other names. A name that may mean several is one.
pub(super) fn is_partly(text: &Text, other: Bits) -> bool {
    let named: Vec<Bits> = told(text).into_iter().map(|(of, _)| lasting(of)).collect();
    TABLES.families.iter().any(|family| {
        let of_family: Vec<Bits> = named.iter().map(|of| *of & *family).filter(|of| !of.is_empty()).collect();
        of_family.iter().any(|of| of.meets(other)) && of_family.iter().any(|of| !of.meets(other))
    })
}

/// Those of some substances that stay the same through a treatment.
pub(super) fn lasting(bits: Bits) -> Bits {
    bits & TABLES.lasting
}

/// The number of each of those.
pub(super) fn each_lasting(bits: Bits) -> impl Iterator<Item = u32> {
    lasting(bits).numbers()
}

/// What two that do not differ may both be; who names none of a family may be any.
pub(super) fn common(one: Bits, other: Bits) -> Bits {
    let of_family = |family: &Bits| {
        let (one, other) = (one & *family, other & *family);
        if one.is_empty() || other.is_empty() { one | other } else { one & other }
    };
    TABLES.families.iter().map(of_family).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Bits {
        named(&Text::new(text)).all
    }

    fn is(text: &str) -> Option<u16> {
        named(&Text::new(text)).is
    }

    #[test]
    fn every_substance_is_of_one_family_and_what_a_thing_may_be_has_a_name() {
        let families = &TABLES.families;
        for (at, one) in families.iter().enumerate() {
            assert!(families.iter().skip(at + 1).all(|two| !one.meets(*two)));
        }
        let things = TABLES.chemicals | TABLES.polymers | TABLES.metals;
        assert!(TABLES.chemicals.numbers().count() >= 250);
        for (of, title) in TABLES.titles.iter().enumerate() {
            let of = u16::try_from(of).unwrap();
            // What no name means alone is named by a family.
            let is_titled = title.0.is_empty() == title.1.is_empty();
            assert!(is_titled && (title.0.is_empty() || things.meets(Bits::of(u32::from(of)))), "{of}");
            assert!(title.0.is_empty() || is(title.0) == Some(of), "{title:?}");
            assert!(title.1.is_empty() || is(title.1) == Some(of), "{title:?}");
        }
    }

    #[test]
    fn the_same_substance_in_other_words_is_one_thing() {
        for (one, other) in [
            ("KCl", "chlorure de potassium"),
            ("chaux éteinte", "hydroxyde de calcium"),
            ("Ca(OH)2", "lait de chaux"),
            ("(NH4)2SO4", "sulfate d’ammonium"),
            ("soude", "NaOH"),
            ("Soude caustique usée 25 %", "sodium hydroxide"),
            ("Solution de soude en barils", "NaOH"),
            ("eau de Javel", "hypochlorite de sodium"),
            ("film étirable", "LDPE"),
            ("Coroplast", "polypropylène ondulé"),
            ("canettes", "aluminium"),
            ("Retailles d’acier", "steel scrap"),
            ("bicarbonate de soude", "NaHCO3"),
            ("solvant : toluène", "toluol"),
        ] {
            assert!(is(one).is_some() && is(one) == is(other), "{one} / {other}");
        }
    }

    #[test]
    fn what_is_said_beside_or_refused_is_not_the_thing() {
        for text in [
            "chiffons imbibés d’acétone",
            "eau contaminée à l’acide nitrique",
            "nitric acid tank",
            "réservoir pour acide nitrique",
            "bidons vides de soude",
            "sans acide nitrique",
            "gants résistants à l’acétone",
            "peinture à base de solvant",
            "acetone-soaked rags",
        ] {
            assert!(is(text).is_none(), "{text}");
            assert!(!read(text).meets(TABLES.chemicals), "{text}");
        }
        assert_eq!(named(&Text::new("acier soudé")), named(&Text::new("acier")));
        for text in ["barils d’acier", "steel drums", "fer à souder", "acier et aluminium", "solvants usés"]
        {
            assert!(is(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_family_is_each_of_its_members_and_of_no_other() {
        for (family, member, other) in [
            ("Acides usés", "acide nitrique", "soude caustique"),
            ("solvants usés", "toluène", "acide nitrique"),
            ("engrais", "KCl", "acétone"),
            ("antigel", "éthylène glycol", "toluène"),
        ] {
            assert!(!differ(read(family), read(member)), "{family} / {member}");
            assert!(differ(read(family), read(other)), "{family} / {other}");
        }
    }

    #[test]
    fn other_substances_of_one_family_differ_in_both_languages() {
        for (one, other) in [
            ("Retailles d’acier", "Aluminium à refondre"),
            ("Galvanized sheet", "Aluminum scrap"),
            ("Acier inoxydable", "Ferraille d’acier"),
            ("Profilés de PVC", "Mousse d’uréthane"),
            ("Pellicule de LDPE", "Barils pour l’eau de pluie"),
            ("Purges de HDPE", "Mousse de PU"),
            ("Plastic pails", "Plastic film"),
            ("Bois de calage", "Palettes en bon état"),
            ("Pelures de légumes", "Huile de cuisson usée"),
            ("Non-ferrous turnings", "Fonte"),
            ("Bronze turnings", "Brass for a foundry"),
            ("Acide sulfurique", "Acide chlorhydrique"),
            ("acide nitrique", "acide phosphorique"),
            ("H2S", "CO2 de fermentation"),
            ("SO2", "ammoniac anhydre"),
            ("toluène", "acétone"),
            ("trichloréthylène", "alcool isopropylique"),
            ("soude", "potasse"),
            ("Ferraille", "Cuivre pour fonderie"),
            ("Ferraille d’aluminium", "Ferraille"),
            ("Fibre de verre", "Calcin de verre pour bouteilles"),
            ("Batteries au plomb", "Batteries au lithium"),
            ("Lead-acid batteries", "Lithium batteries"),
            ("Batteries nickel-cadmium", "Batteries au plomb"),
            ("Piles alcalines", "Piles au lithium"),
            ("NiMH cells", "NiCd cells"),
            ("Styromousse", "Barils de plastique"),
            ("EPS", "Film étirable"),
            ("Mousse de polystyrène", "Pellicule"),
            ("Polystyrène expansé", "Seaux"),
            ("Papier sablé usé", "Sable pour carré de sable d’enfants"),
            ("Used sandpaper", "Sand for a sandbox"),
            ("Moules bleues", "Moulée pour bétail"),
            ("Verre plat de parebrise laminé", "Bouteilles de verre brunes entières"),
            ("Tempered glass", "Laminated glass"),
            ("Borosilicate", "Verre plat"),
            ("Palettes traitées au bromure de méthyle", "Palettes, traitées HT seulement"),
        ] {
            assert!(differ(read(one), read(other)), "{one} / {other}");
        }
        for (one, other) in [
            ("Retailles d’acier", "Fer et fonte"),
            ("Steel offcuts", "Métaux"),
            ("Polyéthylène", "HDPE"),
            ("Retailles de cuivre", "Métaux non ferreux"),
            ("Barils de HDPE", "Seaux de polyéthylène haute densité"),
            ("Huile végétale", "Vegetable oil"),
            ("Bois de calage", "Bois pour réparer des palettes"),
            ("Acier et aluminium", "Aluminium"),
            ("Plastique sans PVC", "PVC"),
            ("Verre", "Acier"),
            ("Ferraille d’aluminium", "Aluminium à refondre"),
            ("Ferraille et aluminium", "Acier"),
            ("Calcin", "Verre concassé"),
            ("Chaux vive", "CaO"),
            ("Fer à repasser", "Aluminium"),
            ("Batteries nickel-cadmium", "Nickel"),
            ("Styromousse", "Polystyrène"),
            ("Styromousse", "Mousse de polystyrène"),
            ("Papier à sabler", "Toile émeri"),
            ("Sable", "Sable de fonderie"),
            ("Moulée périmée", "Moulées"),
            ("Verre trempé", "Verre plat"),
            ("Bouteilles de verre", "Calcin de verre"),
            ("Parebrise", "Verre"),
            ("Palettes traitées au bromure de méthyle", "Palettes"),
        ] {
            assert!(!differ(read(one), read(other)), "{one} / {other}");
        }
    }

    #[test]
    fn who_names_several_of_a_family_is_only_in_part_what_the_other_names() {
        let is_partly = |one: &str, other: &str| is_partly(&Text::new(one), read(other));
        for (one, other) in [
            ("Acier, aluminium et cuivre", "Aluminium"),
            ("Retailles d’acier et d’aluminium", "Steel scrap"),
            ("PVC and HDPE regrind", "HDPE"),
        ] {
            assert!(is_partly(one, other) && !is_partly(other, one), "{one} / {other}");
        }
        for (one, other) in [
            ("Acier et aluminium", "Aluminium et acier"),
            ("Acier sans aluminium", "Acier"),
            ("Métaux ferreux", "Acier"),
            ("Acier et PVC", "Acier"),
            ("Acier et aluminium", "Cuivre"),
            ("Acier et aluminium", "Papier"),
        ] {
            assert!(!is_partly(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn each_substance_that_lasts_is_told_and_no_form() {
        assert_eq!(each_lasting(read("Pellicule")).count() + each_lasting(Bits::NONE).count(), 0);
        let (one, both) = (read("acier"), read("Retailles d’acier et film de PVC"));
        assert_eq!(each_lasting(one).map(Bits::of).collect::<Bits>(), one);
        assert_eq!(each_lasting(both).map(Bits::of).collect::<Bits>(), lasting(both));
        assert_eq!(each_lasting(both).count(), 2);
    }

    #[test]
    fn what_is_common_narrows_within_a_family_and_widens_where_one_is_silent() {
        let (metals, steel, film) = (read("ferreux"), read("acier"), read("film"));
        assert_eq!(common(metals, steel), steel);
        assert_eq!(common(steel, film), steel | film);
        assert_eq!(common(Bits::NONE, film), film);
    }
}
