//! Who turns what into what, with the loss: `pipelines/reference/procedes.csv` and the products
//! that requests ask for, `produits_procedes.csv`. Both ours; each yield names its source.

use super::tables::rows;
use crate::materials::{self, Expectation};
use crate::model::State;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a process makes, as requests name it.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) title_fr: &'static str,
    pub(super) title_en: &'static str,
    pub(super) state: Option<State>,
}

/// One treatment.
#[derive(Debug)]
pub(super) struct Process {
    /// Number of the product in the table.
    pub(super) product: usize,
    pub(super) name_fr: &'static str,
    pub(super) name_en: &'static str,
    /// What it takes: the first digits of codes of the List of Waste.
    inputs: Vec<Prefix>,
    /// What is left of a thousand kilograms, lowest and highest.
    pub(super) yield_milli: (i64, i64),
    pub(super) operator_fr: &'static str,
    pub(super) operator_en: &'static str,
    /// Whether it takes what is hazardous.
    pub(super) takes_hazardous: bool,
    /// Whether the receiver treats, most often; else somebody whose place is not known.
    pub(super) is_at_receiver: bool,
}

/// The first digits of a code of six: the code divided by `over` is `value`.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    over: u32,
    value: u32,
}

impl Process {
    /// How far codes say that this process takes a flow, thousandths.
    pub(super) fn takes(&self, codes: &[(u32, u32)]) -> u32 {
        let taken = |code: u32| self.inputs.iter().any(|prefix| code / prefix.over == prefix.value);
        codes.iter().filter(|(code, _)| taken(*code)).map(|(_, belief)| *belief).sum::<u32>().min(1000)
    }

    /// What is left of so many kilograms, in the middle of the interval.
    pub(super) fn left_of(&self, kg: i64) -> i64 {
        let (low, high) = self.yield_milli;
        i64::try_from(i128::from(kg) * i128::from(low + high) / 2_000).unwrap_or(i64::MAX)
    }

    /// What must go in for so many kilograms to be left, in the middle of the interval.
    pub(super) fn needed_for(&self, kg: i64) -> i64 {
        let (low, high) = self.yield_milli;
        i64::try_from(i128::from(kg) * 2_000 / i128::from((low + high).max(1))).unwrap_or(i64::MAX)
    }
}

/// A name of a product.
struct Term {
    /// Its words as keys.
    words: Vec<String>,
    /// The strongest concept of the thesaurus in it, when it names one.
    concept: Option<&'static str>,
    product: usize,
}

struct Tables {
    products: Vec<Product>,
    processes: Vec<Process>,
    /// Names by their first word; longest first, then in the order of the table.
    terms: BTreeMap<String, Vec<Term>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let whole = |text: &str| text.parse::<i64>().expect("the embedded table holds whole numbers");
    let mut codes: Vec<&'static str> = Vec::new();
    let mut products = Vec::new();
    let mut terms: BTreeMap<String, Vec<Term>> = BTreeMap::new();
    for row in rows(include_str!("../../pipelines/reference/produits_procedes.csv")) {
        for name in row[4].split('|') {
            let words: Vec<String> = materials::key(name).split(' ').map(str::to_owned).collect();
            let term = Term { concept: concept(name), product: products.len(), words };
            terms.entry(term.words[0].clone()).or_default().push(term);
        }
        codes.push(row[0]);
        products.push(Product { title_fr: row[1], title_en: row[2], state: row[3].parse().ok() });
    }
    for names in terms.values_mut() {
        names.sort_by_key(|term| std::cmp::Reverse(term.words.len()));
    }
    let processes = rows(include_str!("../../pipelines/reference/procedes.csv"))
        .iter()
        .map(|row| Process {
            product: codes
                .iter()
                .position(|code| *code == row[1])
                .expect("the embedded table has the product"),
            name_fr: row[2],
            name_en: row[3],
            inputs: row[4].split('|').map(prefix).collect(),
            yield_milli: (whole(row[5]), whole(row[6])),
            operator_fr: row[7],
            operator_en: row[8],
            takes_hazardous: row[9] == "oui",
            is_at_receiver: row[11] == "receveur",
        })
        .collect();
    Tables { products, processes, terms }
});

fn prefix(digits: &str) -> Prefix {
    let over = 10_u32.pow(u32::try_from(6_usize.saturating_sub(digits.len())).unwrap_or(0));
    Prefix { over, value: digits.parse().expect("the embedded table holds codes") }
}

fn concept(text: &str) -> Option<&'static str> {
    materials::classify(text, &Expectation::default(), 1).concepts.first().copied()
}

/// All processes, in the order of the table.
pub(super) fn processes() -> &'static [Process] {
    &TABLES.processes
}

/// All products, in the order of the table.
pub(super) fn products() -> &'static [Product] {
    &TABLES.products
}

/// The product that a request asks for: the longest name of one in it, when what the request
/// speaks of first is what that name speaks of (`broyeur à compost` asks for a machine). At most one.
pub(super) fn asked(description: &str) -> Option<usize> {
    let key = materials::key(description);
    let words: Vec<&str> = key.split(' ').collect();
    let mut met: Vec<&Term> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(names) = TABLES.terms.get(*word) else { continue };
        met.extend(names.iter().filter(|term| {
            let here = words[at..].iter().take(term.words.len());
            here.len() == term.words.len() && here.zip(&term.words).all(|(one, other)| *one == other.as_str())
        }));
    }
    // A stable sort: of names as long the first one in the text.
    met.sort_by_key(|term| std::cmp::Reverse(term.words.len()));
    let spoken = if met.is_empty() { None } else { concept(description) };
    met.into_iter().find(|term| term.concept.is_none() || term.concept == spoken).map(|term| term.product)
}

#[cfg(test)]
mod tests {
    use super::{asked, processes, products};
    use crate::materials;

    #[test]
    fn every_row_is_whole_takes_codes_of_the_list_and_loses_no_less_than_nothing() {
        let lines = |text: &str| text.lines().count() - 1;
        assert_eq!(processes().len(), lines(include_str!("../../pipelines/reference/procedes.csv")));
        let (taken, list) = (materials::entries(), products());
        for process in processes() {
            assert!(!process.name_fr.is_empty() && !process.operator_en.is_empty(), "{process:?}");
            let (low, high) = process.yield_milli;
            assert!(0 < low && low <= high && high <= 1000, "{process:?}");
            assert_eq!(process.is_at_receiver, process.operator_fr.contains("receveur"), "{process:?}");
            for prefix in &process.inputs {
                let known = taken.iter().any(|entry| {
                    entry.code.parse::<u32>().is_ok_and(|code| code / prefix.over == prefix.value)
                });
                assert!(known, "{process:?}");
            }
        }
        for (at, product) in list.iter().enumerate() {
            assert!(product.state.is_some(), "{product:?}");
            assert!(processes().iter().any(|process| process.product == at), "{product:?}");
        }
    }

    #[test]
    fn every_name_of_a_product_asks_for_it() {
        let table = include_str!("../../pipelines/reference/produits_procedes.csv");
        for (product, row) in csv::Reader::from_reader(table.as_bytes()).records().enumerate() {
            for name in row.unwrap()[4].split('|') {
                assert_eq!(asked(name), Some(product), "{name}");
            }
        }
    }

    #[test]
    fn a_request_asks_for_what_it_speaks_of_first() {
        let title = |text: &str| asked(text).map(|product| products()[product].title_fr);
        assert_eq!(title("Compost mûr pour jardins"), Some("compost"));
        assert_eq!(title("recycled aggregates, 20 mm"), Some("granulats recyclés"));
        assert_eq!(title("Amendement de sol, 20 t"), Some("compost"));
        assert_eq!(title("Matières organiques pour compost"), Some("matière à composter"));
        assert_eq!(title("broyeur à compost"), None);
        assert_eq!(title("palettes de bois"), None);
        assert_eq!(title(""), None);
    }

    #[test]
    fn belief_in_what_a_process_takes_is_that_of_its_codes() {
        let composting = &processes()[0];
        assert_eq!(composting.takes(&[(20_304, 600), (150_101, 300), (20_103, 50)]), 650);
        assert_eq!(composting.takes(&[(150_101, 1000)]), 0);
        // Manure, of whom asks for what to compost and of whom asks for compost.
        let takes_manure = |text: &str| {
            let product = asked(text);
            processes().iter().any(|one| Some(one.product) == product && one.takes(&[(20_106, 900)]) == 900)
        };
        for text in ["matière organique pour compost", "compost", "engrais organique"] {
            assert!(takes_manure(text), "{text}");
        }
        assert_eq!((composting.left_of(1_000), composting.needed_for(450)), (450, 1_000));
    }
}
