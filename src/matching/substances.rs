//! Which substance a flow names: `pipelines/reference/substances.csv`, ours, French and English.
//!
//! Steel and aluminium are both metal, film and barrels both plastic: where both sides name a substance of one
//! family and share none, they are not one material.

use super::phrases::{Phrases, Text};
use super::tables::rows;
use std::sync::LazyLock;

#[derive(Debug)]
struct Tables {
    names: Phrases,
    /// Bits of the substances of each family.
    families: Vec<u64>,
    /// Bits of the families that a treatment does not change.
    lasting: u64,
}

/// Families that a treatment does not change: steel stays steel, film may become a barrel.
const LASTING: [&str; 4] = ["metal", "polymere", "verre", "chimique"];

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let (mut codes, mut titles) = (Vec::<(&str, &str)>::new(), Vec::<&str>::new());
    let (mut families, mut cells) = (Vec::<u64>::new(), Vec::<(&str, u64)>::new());
    for row in rows(include_str!("../../pipelines/reference/substances.csv")) {
        let (family, mut of) = (row[0], 0);
        for code in row[1].split_whitespace() {
            let known = codes.iter().position(|one| *one == (family, code));
            let at = known.unwrap_or_else(|| {
                codes.push((family, code));
                codes.len() - 1
            });
            of |= 1_u64 << at;
        }
        if let Some(at) = titles.iter().position(|title| *title == family) {
            families[at] |= of;
        } else {
            titles.push(family);
            families.push(of);
        }
        cells.push((row[2], of));
    }
    let lasts = |(title, _): &(&&str, &u64)| LASTING.contains(*title);
    let lasting = titles.iter().zip(&families).filter(lasts).fold(0_u64, |bits, (_, family)| bits | family);
    Tables { names: Phrases::new(cells.into_iter()), families, lasting }
});

/// Bits of the substances that a text names as what is there or is wanted.
pub(super) fn named(text: &Text) -> u64 {
    let mentions = TABLES.names.mentions(text);
    mentions.iter().filter(|one| !one.is_turned).fold(0_u64, |bits, one| bits | one.of)
}

/// Whether both name a substance of one family, and share none of it.
pub(super) fn differ(one: u64, other: u64) -> bool {
    // Most name none.
    one != 0
        && other != 0
        && TABLES
            .families
            .iter()
            .any(|family| one & family != 0 && other & family != 0 && one & other & family == 0)
}

/// Whether a text names beside a substance of the other side another one of its family, each by a name of its
/// own: only a part of what it speaks of is what the other names. A name that may mean several is one.
pub(super) fn is_partly(text: &Text, other: u64) -> bool {
    let mentions = TABLES.names.mentions(text);
    let named: Vec<u64> = mentions.iter().filter(|one| !one.is_turned).map(|one| lasting(one.of)).collect();
    TABLES.families.iter().any(|family| {
        let of_family: Vec<u64> = named.iter().map(|of| of & family).filter(|of| *of != 0).collect();
        of_family.iter().any(|of| of & other != 0) && of_family.iter().any(|of| of & other == 0)
    })
}

/// Those of some substances that stay the same through a treatment.
pub(super) fn lasting(bits: u64) -> u64 {
    bits & TABLES.lasting
}

/// The place of each of those bits.
pub(super) fn each_lasting(bits: u64) -> impl Iterator<Item = u32> {
    let some = |bits: u64| (bits != 0).then_some(bits);
    std::iter::successors(some(lasting(bits)), move |rest| some(rest & (rest - 1))).map(u64::trailing_zeros)
}

/// What two that do not differ may both be; who names none of a family may be any.
pub(super) fn common(one: u64, other: u64) -> u64 {
    TABLES.families.iter().fold(0_u64, |bits, family| {
        let (one, other) = (one & family, other & family);
        bits | if one == 0 || other == 0 { one | other } else { one & other }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> u64 {
        named(&Text::new(text))
    }

    #[test]
    fn the_substances_fit_in_their_bits() {
        let bits = TABLES.families.iter().map(|family| family.count_ones()).sum::<u32>();
        assert!((20..=64).contains(&bits), "{bits}");
        assert!(
            TABLES
                .families
                .iter()
                .all(|one| TABLES.families.iter().filter(|two| one & **two != 0).count() <= 1)
        );
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
        assert_eq!(each_lasting(read("Pellicule")).count() + each_lasting(0).count(), 0);
        let (one, both) = (read("acier"), read("Retailles d’acier et film de PVC"));
        assert_eq!(each_lasting(one).map(|at| 1_u64 << at).sum::<u64>(), one);
        assert_eq!(each_lasting(both).map(|at| 1_u64 << at).sum::<u64>(), lasting(both));
        assert_eq!(each_lasting(both).count(), 2);
    }

    #[test]
    fn what_is_common_narrows_within_a_family_and_widens_where_one_is_silent() {
        let (metals, steel, film) = (read("ferreux"), read("acier"), read("film"));
        assert_eq!(common(metals, steel), steel);
        assert_eq!(common(steel, film), steel | film);
        assert_eq!(common(0, film), film);
    }
}
