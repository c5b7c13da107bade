//! Mirror entries: one code when a waste holds hazardous substances, another when not.

use super::catalogue::{self, Index};
use super::words::{Link, Word, is_qualifier, stem};
use std::sync::LazyLock;

/// What a description says that a thing holds or is treated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Substance {
    Asbestos,
    /// Wood under pressure, with creosote, CCA, ACQ, pentachlorophenol.
    Preservative,
    Pcb,
    Mercury,
    /// Lead paint, and what a thing is said to be contaminated with.
    Other,
    /// What is left in a container.
    Residue,
}

const SUBSTANCES: usize = 6;

/// Beginnings of folded words that speak of danger.
const DANGER: &[&str] = &[
    "contamin",
    "dangereu",
    "hazard",
    "toxi",
    "souill",
    "pollu",
    "oily",
    "huileu",
    "amiant",
    "asbest",
    "cyanur",
    "cyanid",
    "mercur",
    "pcb",
    "bpc",
    "inflammabl",
    "flammab",
    "corrosi",
    "explosi",
    "creosot",
    "lourds",
    "chlorin",
    "halogen",
];

/// For each entry, 1 when it is the side of its pair that a harmless text does not speak of,
/// and the same for a text that speaks of danger.
static WRONG: LazyLock<[Vec<f32>; 2]> = LazyLock::new(|| {
    let entries = catalogue::entries();
    let mut wrong = [vec![0.0; entries.len()], vec![0.0; entries.len()]];
    for (place, entry) in entries.iter().enumerate() {
        if entry.hazardous {
            continue;
        }
        for mirror in mirrors(&entry.title_en) {
            wrong[0][usize::from(mirror)] = 1.0;
            wrong[1][place] = 1.0;
        }
    }
    wrong
});

/// Whether the words of a text speak of danger that they do not deny.
pub(super) fn speaks_of_danger(words: &[Word]) -> bool {
    let speaks = |word: &Word| DANGER.iter().any(|start| word.folded.starts_with(start));
    (0..words.len()).any(|at| speaks(&words[at]) && !is_denied(words, at))
}

/// Whether a word is denied: `sans amiante`, `non contaminé`, `asbestos-free`, `amiante : négatif`.
fn is_denied(words: &[Word], at: usize) -> bool {
    let after = words.get(at + 1).map_or("", |next| next.folded.as_str());
    let before =
        words[..at].iter().rev().take_while(|word| is_qualifier(&word.folded) || is_trace(word)).count();
    words[at - before..=at].iter().any(|word| word.link == Link::Without)
        || after == "free"
        || after.starts_with("negati")
        || after.starts_with("absen")
}

fn is_trace(word: &Word) -> bool {
    ["trace", "presence", "contamin", "contact"].iter().any(|start| word.folded.starts_with(start))
}

/// Stems of things of wood that are sold treated; a pallet is heated instead.
const WOODEN: &[&str] = &[
    "balcon", "beam", "boi", "board", "clotur", "colombag", "copeau", "deck", "decking", "dock", "dormant",
    "fenc", "galeri", "joist", "lambourd", "latt", "lumber", "madrier", "patio", "pergola", "pieu", "piquet",
    "planch", "plank", "plywood", "pole", "post", "poteau", "poutr", "quai", "rondin", "sawdust", "sciur",
    "shaving", "sleeper", "soliv", "stud", "terrass", "tie", "timber", "travers", "treilli", "wood",
];

/// Beginnings of words that say that wood was only heated: ISPM 15 pallets, torrefied wood.
const HEATED: &[&str] =
    &["thermi", "thermo", "heat", "chaleur", "ispm", "nimp", "torref", "kiln", "etuv", "sechoir"];

/// Beginnings of what contaminates: after `contaminé à`, `imbibé de`, `soaked with`.
const CONTAMINANTS: &[&str] = &[
    "acid",
    "antifreeze",
    "antigel",
    "arsen",
    "carburant",
    "chrom",
    "cyan",
    "diesel",
    "dioxin",
    "essence",
    "fuel",
    "gasoline",
    "herbicid",
    "huile",
    "hydraulique",
    "hydrocarb",
    "insecticid",
    "lead",
    "lourds",
    "mazout",
    "mercur",
    "oil",
    "pesticid",
    "petrol",
    "plomb",
    "solvant",
    "solvent",
];

/// Words between a word of contamination and what contaminates.
const REACH: usize = 3;

/// Whether one of the words just after a place begins with one of these, and is not denied.
fn follows(words: &[Word], at: usize, starts: &[&str]) -> bool {
    let end = words.len().min(at + 1 + REACH);
    (at + 1..end).any(|next| begins(&words[next], starts) && !is_denied(words, next))
}

fn begins(word: &Word, starts: &[&str]) -> bool {
    starts.iter().any(|start| word.folded.starts_with(start))
}

/// A section such as `2x4`.
fn is_section(word: &Word) -> bool {
    word.folded.split_once('x').is_some_and(|(left, right)| {
        (1..=2).contains(&left.len())
            && (1..=2).contains(&right.len())
            && left.bytes().chain(right.bytes()).all(|byte| byte.is_ascii_digit())
    })
}

/// A thing of wood, as written: a repaired word may have become another.
fn is_wooden(word: &Word) -> bool {
    WOODEN.contains(&stem(&word.folded).as_str()) || is_section(word)
}

/// Whether a word says that wood is preserved, and not only heated or dressed.
fn preserves(words: &[Word], at: usize) -> bool {
    let near = |from: usize, to: usize| words[from.min(to)..to.min(words.len())].iter().any(is_wooden);
    match words[at].folded.as_str() {
        "cca" | "acq" => true,
        "penta" | "autoclave" => words.iter().any(is_wooden),
        "traite" | "traitee" | "traites" | "traitees" => near(at.saturating_sub(REACH), at),
        "treated" => near(at + 1, at + 1 + REACH) || near(at.saturating_sub(REACH), at),
        other => ["creosot", "pentachlorophenol"].iter().any(|start| other.starts_with(start)),
    }
}

/// Whether a word says that the thing is soiled with something that is named as hazardous.
fn soils(words: &[Word], at: usize) -> bool {
    let soiled = ["contamin", "souill", "imbib", "impregn", "pollu", "soaked", "plein"];
    let paint = ["peint", "paint", "vernis", "varnish", "based", "glaz"];
    let edible = ["canola", "cooking", "cuisson", "fryer", "friture", "olive", "vegeta"];
    let contaminated = begins(&words[at], &["contamin", "soaked"]);
    let lead = matches!(words[at].folded.as_str(), "plomb" | "lead");
    let before = &words[at.saturating_sub(REACH)..at];
    let soils = begins(&words[at], &soiled) && follows(words, at, CONTAMINANTS)
        || contaminated && before.last().is_some_and(|last| begins(last, CONTAMINANTS))
        || lead && (follows(words, at, &paint) || before.iter().any(|word| begins(word, &paint)));
    soils && !words.iter().any(|word| begins(word, &edible))
}

/// Whether a word speaks of what is left in a container that was not rinsed.
fn remains(words: &[Word], at: usize) -> bool {
    let left = ["residu", "contenu", "traces", "fond", "reste", "leftover", "contained", "held"];
    let rinsed = ["rinc", "lave", "rinsed", "washed", "clean", "propre", "nettoy"];
    let chemical = ["acid", "solvant", "solvent", "pesticid", "herbicid", "insecticid", "cyan", "isocyanat"];
    let named = begins(&words[at], &left) && follows(words, at, &chemical)
        || begins(&words[at], &["residu"]) && at > 0 && begins(&words[at - 1], &chemical);
    named && !words.iter().any(|word| begins(word, &rinsed))
}

/// The hazardous substance that a thing is said to hold or to be treated with, of several the first in the
/// order of [`Substance`].
pub(super) fn substance(words: &[Word]) -> Option<Substance> {
    let heated = words.iter().any(|word| begins(word, HEATED) || word.folded == "ht");
    let of = |at: usize| {
        let word = &words[at];
        if begins(word, &["amiant", "asbest"]) {
            Some(Substance::Asbestos)
        } else if preserves(words, at) && !heated {
            Some(Substance::Preservative)
        } else if matches!(word.folded.as_str(), "bpc" | "pcb" | "byphenyles" | "biphenyles") {
            Some(Substance::Pcb)
        } else if begins(word, &["mercur"]) {
            Some(Substance::Mercury)
        } else if soils(words, at) {
            Some(Substance::Other)
        } else if remains(words, at) {
            Some(Substance::Residue)
        } else {
            None
        }
    };
    (0..words.len()).filter_map(|at| of(at).filter(|_| !is_denied(words, at))).min()
}

/// Mirror entries that no title names: first two to six digits, and the hazardous entry.
const MIRRORS: &[(&str, &str)] = &[
    ("030101", "030104"),
    ("1501", "150110"),
    ("170101", "170106"),
    ("170102", "170106"),
    ("170103", "170106"),
    ("170201", "170204"),
    ("170202", "170204"),
    ("170203", "170204"),
    ("170401", "170409"),
    ("170402", "170409"),
    ("170404", "170409"),
    ("170405", "170409"),
    ("170406", "170409"),
    ("170407", "170409"),
    ("170802", "170801"),
];

/// Entries of one substance, before those of [`MIRRORS`] and of the titles.
const OWN_MIRRORS: &[(Substance, &str, &str)] = &[
    (Substance::Asbestos, "030105", "170605"),
    (Substance::Asbestos, "1701", "170605"),
    (Substance::Asbestos, "1702", "170605"),
    (Substance::Asbestos, "1703", "170605"),
    (Substance::Asbestos, "170604", "170601"),
    (Substance::Asbestos, "170802", "170605"),
    (Substance::Asbestos, "170904", "170605"),
    (Substance::Asbestos, "1602", "160212"),
    (Substance::Pcb, "170904", "170902"),
    (Substance::Pcb, "160214", "160209"),
    (Substance::Pcb, "160216", "160209"),
    (Substance::Mercury, "170904", "170901"),
];

/// Whether the entries of a substance may be moved: preserved wood stays wood, what is left in a
/// container concerns packaging.
fn concerns(substance: Substance, code: &str) -> bool {
    match substance {
        Substance::Preservative => {
            ["0301", "1702", "1912", "2001"].iter().any(|group| code.starts_with(group))
        }
        Substance::Residue => code.starts_with("1501"),
        // Wastes of a remediation are another thing than contaminated soil.
        Substance::Asbestos | Substance::Pcb | Substance::Mercury | Substance::Other => {
            !code.starts_with("1913")
        }
    }
}

/// For each substance the harmless entries with the entry of the same thing that holds it.
static MOVED: LazyLock<[Vec<(Index, Index)>; SUBSTANCES]> = LazyLock::new(|| {
    [
        Substance::Asbestos,
        Substance::Preservative,
        Substance::Pcb,
        Substance::Mercury,
        Substance::Other,
        Substance::Residue,
    ]
    .map(moved)
});

fn moved(substance: Substance) -> Vec<(Index, Index)> {
    let mut pairs = Vec::new();
    for (plain, entry) in (0..).zip(catalogue::entries()) {
        if entry.hazardous || !concerns(substance, &entry.code) {
            continue;
        }
        let own = OWN_MIRRORS.iter().find(|(of, start, _)| *of == substance && entry.code.starts_with(start));
        let usual = MIRRORS.iter().find(|(start, _)| entry.code.starts_with(start));
        let mirror = own
            .map(|(.., code)| *code)
            .or(usual.map(|(_, code)| *code))
            .and_then(catalogue::position)
            .or_else(|| mirrors(&entry.title_en).last().copied());
        pairs.extend(mirror.map(|mirror| (plain, mirror)));
    }
    pairs
}

/// What a harmless entry loses to its mirror.
const LOST: f32 = 0.4;

/// Gives the hazardous entries of a substance what their harmless mirrors have.
pub(super) fn move_scores(scores: &mut [f32], substance: Substance) {
    let pairs = &MOVED[substance as usize];
    for (plain, mirror) in pairs {
        let (plain, mirror) = (usize::from(*plain), usize::from(*mirror));
        scores[mirror] = scores[mirror].max(scores[plain]);
    }
    for (plain, _) in pairs {
        scores[usize::from(*plain)] -= LOST;
    }
}

/// The hazardous entries that a title of the harmless side names.
fn mirrors(title_en: &str) -> Vec<Index> {
    let title = title_en.to_lowercase();
    let Some(at) = title.find("other than th").filter(|at| title[*at..].contains("mentioned in")) else {
        return Vec::new();
    };
    let digits: String = title[at..].chars().filter(char::is_ascii_digit).collect();
    let codes = digits.as_bytes().chunks(6).filter_map(|code| std::str::from_utf8(code).ok());
    let places = codes.filter_map(catalogue::position);
    places.filter(|place| catalogue::entries()[usize::from(*place)].hazardous).collect()
}

/// For each entry, 1 when it is the side of its pair that the text does not speak of.
pub(super) fn wrong_side(hazardous: bool) -> &'static [f32] {
    &WRONG[usize::from(hazardous)]
}

#[cfg(test)]
mod tests {
    use super::{Substance, move_scores, speaks_of_danger, substance, wrong_side};
    use crate::materials::catalogue::position;
    use crate::materials::words;

    #[test]
    fn danger_chooses_between_mirror_entries() {
        let wrong = |code, hazardous| wrong_side(hazardous)[usize::from(position(code).unwrap())] > 0.0;
        assert!(speaks_of_danger(&words::read("Sols contaminés").0));
        assert!(!speaks_of_danger(&words::read("Sols propres").0));
        assert!(wrong("170503", false) && !wrong("170503", true));
        assert!(wrong("170504", true) && !wrong("170504", false));
        assert!(!wrong("150103", true) && !wrong("150103", false));
    }

    fn held(text: &str) -> Option<Substance> {
        substance(&words::read(text).0)
    }

    #[test]
    fn what_a_thing_holds_or_is_treated_with_is_read() {
        for (text, wanted) in [
            ("Tuiles de plafond amiantées", Substance::Asbestos),
            ("Asbestos pipe wrap", Substance::Asbestos),
            ("Pieux créosotés", Substance::Preservative),
            ("Galerie en bois traité démolie", Substance::Preservative),
            ("4x4 traités bruns", Substance::Preservative),
            ("Pressure-treated fence boards", Substance::Preservative),
            ("Copeaux ACQ", Substance::Preservative),
            ("Ballasts aux BPC", Substance::Pcb),
            ("Interrupteurs au mercure", Substance::Mercury),
            ("Portes avec peinture au plomb", Substance::Other),
            ("Windows with lead paint", Substance::Other),
            ("Briques contaminées au mazout", Substance::Other),
            ("Oil-contaminated gravel", Substance::Other),
            ("Bidons avec résidus de solvant", Substance::Residue),
        ] {
            assert_eq!(held(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_denied_or_only_heated_or_of_lead_is_harmless() {
        for text in [
            "Planches non traitées",
            "Tuiles sans amiante",
            "Gypse sans aucune trace d'amiante",
            "Asbestos-free tiles",
            "Lead-free painted doors",
            "Amiante : négatif, vieux gypse",
            "Bois traité thermiquement",
            "Heat treated lumber",
            "Planches traitées HT",
            "Palettes traitées",
            "Feuilles de plomb",
            "Matériel de plomberie peint",
            "Acier traité",
            "Bidons rincés, résidus de solvant",
            "Béton propre",
        ] {
            assert_eq!(held(text), None, "{text}");
        }
        assert!(!speaks_of_danger(&words::read("Sols non contaminés").0));
    }

    #[test]
    fn a_substance_moves_an_entry_to_its_hazardous_mirror() {
        let moved = |plain: &str, substance: Substance, mirror: &str| {
            let mut scores = vec![0.0; crate::materials::entries().len()];
            let place = |code: &str| usize::from(position(code).unwrap());
            scores[place(plain)] = 1.0;
            move_scores(&mut scores, substance);
            scores[place(mirror)] >= 1.0 && scores[place(plain)] < 1.0
        };
        for (plain, substance, mirror) in [
            ("170103", Substance::Asbestos, "170605"),
            ("170604", Substance::Asbestos, "170601"),
            ("170201", Substance::Preservative, "170204"),
            ("030105", Substance::Preservative, "030104"),
            ("170101", Substance::Other, "170106"),
            ("170802", Substance::Other, "170801"),
            ("170504", Substance::Pcb, "170503"),
            ("150102", Substance::Residue, "150110"),
            ("200136", Substance::Mercury, "200135"),
        ] {
            assert!(moved(plain, substance, mirror), "{plain} {mirror}");
        }
        assert!(!moved("150103", Substance::Preservative, "150110"));
    }
}
