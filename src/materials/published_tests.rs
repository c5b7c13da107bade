//! The whole room on published exchanges, which are in the shared folder.

use super::rank::classify_with;
use super::tests::{found, rank, share};
use super::weights::Weights;
use super::{Expectation, Nomenclature, Offer, Precedent, expectation, receivers};
use std::path::PathBuf;

/// A published exchange with a code.
struct Exchange {
    case: u32,
    text: String,
    nace: String,
    business: String,
    codes: Vec<String>,
    /// NACE of those who took it.
    receivers: Vec<String>,
}

/// The odd cases, or nothing, loudly, without the shared folder.
fn exchanges() -> Vec<Exchange> {
    let Some(shared) = crate::config::environment("MAILLAGE_SHARED") else {
        eprintln!("SKIPPED: MAILLAGE_SHARED is not set, nothing was evaluated");
        return Vec::new();
    };
    let path = PathBuf::from(shared).join("evaluation/exchanges-odd-cases.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let codes = |cell: &str| {
        let parts = cell.split(|letter: char| !letter.is_ascii_digit());
        parts.filter(|code| code.len() == 6).map(str::to_owned).collect::<Vec<_>>()
    };
    let sectors = |cell: &str| {
        let parts = cell.split(|letter: char| !letter.is_ascii_digit());
        parts.filter(|code| code.len() >= 2).map(str::to_owned).collect::<Vec<_>>()
    };
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            Exchange {
                case: record[0].split(',').next().unwrap().parse().unwrap(),
                business: record[1].to_owned(),
                nace: record[2].to_owned(),
                text: record[5].to_owned(),
                codes: codes(&record[6]),
                receivers: sectors(&record[4]),
            }
        })
        .collect()
}

/// As [`hits_with`], with the weights of the program.
fn hits<'a>(
    exchanges: impl Iterator<Item = &'a Exchange>,
    activity: impl Fn(&Exchange) -> String,
) -> [f64; 5] {
    hits_with(exchanges, activity, &Weights::default())
}

/// Shares of the exchanges whose code is among the first 1, 3, 5 and 10, and the mean
/// reciprocal rank.
fn hits_with<'a>(
    exchanges: impl Iterator<Item = &'a Exchange>,
    activity: impl Fn(&Exchange) -> String,
    weights: &Weights,
) -> [f64; 5] {
    let (mut hits, mut all, mut reciprocal) = ([0_usize; 4], 0, 0.0);
    for exchange in exchanges {
        all += 1;
        let expected = match activity(exchange) {
            none if none.is_empty() => Expectation::default(),
            activity => expectation(&activity, Nomenclature::Nace),
        };
        let found = classify_with(&exchange.text, &expected, 10, weights);
        let Some(rank) = rank(&found, &exchange.codes) else { continue };
        reciprocal += 1.0 / share(rank, 1);
        for (hits, top) in hits.iter_mut().zip([1, 3, 5, 10]) {
            *hits += usize::from(rank <= top);
        }
    }
    let [one, three, five, ten] = hits.map(|hits| share(hits, all));
    [one, three, five, ten, reciprocal / share(all, 1)]
}

/// The codes that other exchanges have most often, leaving out those of the same case.
fn popular(all: &[Exchange]) -> [f64; 4] {
    let mut hits = [0_usize; 4];
    for exchange in all {
        let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for code in all.iter().filter(|other| other.case != exchange.case).flat_map(|other| &other.codes) {
            *counts.entry(code).or_default() += 1;
        }
        let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
        order.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        let rank = order.iter().position(|(code, _)| exchange.codes.iter().any(|own| own == code));
        for (hits, top) in hits.iter_mut().zip([1, 3, 5, 10]) {
            *hits += usize::from(rank.is_some_and(|rank| rank < top));
        }
    }
    hits.map(|hits| share(hits, all.len()))
}

#[test]
fn published_exchanges_find_their_code() {
    let mut all = exchanges();
    if all.is_empty() {
        return;
    }
    all.retain(|exchange| !exchange.codes.is_empty());
    let both = |exchange: &Exchange| format!("{} {}", exchange.nace, exchange.business);
    // Weights were chosen on the cases 1, 5, 9…; the cases 3, 7, 11… were kept unseen.
    let chosen = |exchange: &&Exchange| exchange.case % 4 == 1;
    println!("popularity, leaving the case out {:.3?}", popular(&all));
    println!("all, NACE and business  {:.3?}", hits(all.iter(), both));
    println!("all, NACE alone         {:.3?}", hits(all.iter(), |exchange| exchange.nace.clone()));
    println!("all, business alone     {:.3?}", hits(all.iter(), |exchange| exchange.business.clone()));
    println!("all, no activity        {:.3?}", hits(all.iter(), |_| String::new()));
    println!("chosen on               {:.3?}", hits(all.iter().filter(chosen), both));
    println!("unseen                  {:.3?}", hits(all.iter().filter(|exchange| !chosen(exchange)), both));
    let full = Weights::default();
    for (without, weights) in [
        ("terms", Weights { terms: 0.0, ..full }),
        ("titles", Weights { titles: 0.0, ..full }),
        ("activity", Weights { activity: 0.0, ..full }),
        ("gate", Weights { unbacked: 0.0, ..full }),
        ("own words of activity", Weights { told: 0.0, ..full }),
        ("category", Weights { category: 0.0, ..full }),
        ("popularity", Weights { popularity: 0.0, ..full }),
        ("hazard", Weights { hazard: 0.0, ..full }),
        ("synonyms", Weights { synonyms: 0.0, ..full }),
    ] {
        println!("without {without}: {:.3?}", hits_with(all.iter(), both, &weights));
    }
    let measured = hits(all.iter(), both);
    assert!(measured[0] >= 0.40, "hit@1 {measured:.3?}");
    assert!(measured[3] >= 0.70, "hit@10 {measured:.3?}");
}

/// The offer of an exchange, with its declared code or, without one, what its words say.
fn offer(exchange: &Exchange) -> Offer {
    let found = found(&exchange.text, &exchange.nace, Nomenclature::Nace);
    let declared = exchange.codes.iter().map(|code| (code.as_str(), 1000));
    let guessed = found.codes.iter().map(|ranked| (ranked.code, ranked.confidence_milli)).take(5);
    let codes: Vec<(&str, u16)> =
        if exchange.codes.is_empty() { guessed.collect() } else { declared.collect() };
    let flow_type =
        if exchange.codes.is_empty() { found.flow_type } else { crate::model::FlowType::Material };
    Offer::new(&codes, flow_type, &exchange.text, &exchange.nace)
}

/// Sectors that most exchanges went to, first the most; on a tie in their order.
fn popular_sectors(precedents: &[&Exchange]) -> Vec<String> {
    let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    for sector in precedents.iter().flat_map(|precedent| &precedent.receivers) {
        *counts.entry(sector).or_default() += 1;
    }
    let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
    order.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
    order.into_iter().map(|(sector, _)| sector.to_owned()).collect()
}

/// Shares of `rows` whose receiver is among the first 1, 5 and 10, of ours and of popularity alone;
/// precedents are those exchanges of `from` that are of another case.
fn sector_hits(rows: &[&Exchange], from: &[&Exchange]) -> [[f64; 3]; 2] {
    let offers: Vec<Offer> = from.iter().map(|exchange| offer(exchange)).collect();
    let mut hits = [[0_usize; 3]; 2];
    for row in rows {
        let others: Vec<(&Exchange, &Offer)> =
            from.iter().copied().zip(&offers).filter(|(other, _)| other.case != row.case).collect();
        let precedents: Vec<Precedent> = others
            .iter()
            .flat_map(|(other, offer)| {
                other.receivers.iter().map(|taker| Precedent::new((*offer).clone(), taker))
            })
            .collect();
        let ours: Vec<String> = receivers(&offer(row), &precedents, Nomenclature::Nace, 10)
            .into_iter()
            .map(|(sector, _)| sector)
            .collect();
        let others: Vec<&Exchange> = others.into_iter().map(|(other, _)| other).collect();
        for (hits, found) in hits.iter_mut().zip([ours, popular_sectors(&others)]) {
            let rank = found.iter().position(|sector| row.receivers.contains(sector));
            for (hits, top) in hits.iter_mut().zip([1, 5, 10]) {
                *hits += usize::from(rank.is_some_and(|rank| rank < top));
            }
        }
    }
    hits.map(|hits| hits.map(|hits| share(hits, rows.len())))
}

#[test]
fn published_exchanges_find_the_sector_that_took_them_leaving_their_case_out() {
    let mut all = exchanges();
    if all.is_empty() {
        return;
    }
    all.retain(|exchange| !exchange.receivers.is_empty());
    let every: Vec<&Exchange> = all.iter().collect();
    let coded: Vec<&Exchange> = all.iter().filter(|exchange| !exchange.codes.is_empty()).collect();
    // Some receivers are published with a division or a group only: no class can be right for them.
    let is_class = |exchange: &&Exchange| exchange.receivers.iter().any(|sector| sector.len() == 4);
    let of = |is_row: &dyn Fn(&&Exchange) -> bool| coded.iter().copied().filter(is_row).collect();
    let classes: Vec<&Exchange> = of(&is_class);
    let chosen: Vec<&Exchange> = of(&|exchange| exchange.case % 4 == 1);
    let beside: Vec<&Exchange> = of(&|exchange| exchange.case % 4 == 3);
    for (precedents, from) in [("every exchange", &every), ("those with a code", &coded)] {
        for (name, rows) in [
            ("all", &every),
            ("with a code", &coded),
            ("with a code, taken by a class of four digits", &classes),
            ("with a code, weights chosen on", &chosen),
            ("with a code, beside", &beside),
        ] {
            let [ours, popular] = sector_hits(rows, from);
            println!(
                "precedents: {precedents}; {name}: {} offers, hit@1 5 10 {ours:.3?}, popularity {popular:.3?}",
                rows.len()
            );
        }
        let [ours, popular] = sector_hits(&coded, from);
        assert!(ours[1] >= 0.50, "hit@5 {ours:.3?}");
        assert!(ours[1] > popular[1] + 0.15, "{ours:.3?} {popular:.3?}");
    }
}
