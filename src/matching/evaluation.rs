//! Reliability, ablation and errors of matching on published exchanges and on planted partners.
//!
//! `MAILLAGE_SHARED=… cargo test matching::evaluation -- --nocapture` prints the tables of
//! `docs/matching.md`; without the shared folder the published part is skipped, and says so.

use super::Known;
use super::reliability::{Evidence, Step, Steps, chance, isotonic, steps};
use super::tests::{day, flow as plain, organisation};
use crate::config;
use crate::materials::{Expectation, Nomenclature, classify, expectation};
use crate::model::{
    Confidential, Confidentiality, Destination, Direction, Flow, FlowId, Frequency, Mass, Match, MatchKind,
    OrgId, Organisation, ParkCode, Part, RankedCode, State,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A text with the codes that it was published, or written, under.
struct Text {
    number: String,
    /// Texts of one source never meet.
    source: String,
    words: String,
    /// NACE of who has it, or an activity in words.
    activity: String,
    codes: BTreeSet<String>,
}

impl Text {
    /// Whether two texts are of one group of four digits.
    fn is_like(&self, other: &Self) -> bool {
        let group = |codes: &BTreeSet<String>| -> BTreeSet<String> {
            codes.iter().map(|code| code[..4].to_owned()).collect()
        };
        !group(&self.codes).is_disjoint(&group(&other.codes))
    }
}

fn codes(cell: &str) -> BTreeSet<String> {
    let parts = cell.split(|letter: char| !letter.is_ascii_digit());
    parts.filter(|code| code.len() == 6).map(str::to_owned).collect()
}

/// Published exchanges with a code, or nothing, loudly, without the shared folder.
fn published() -> Vec<Text> {
    let Some(shared) = config::environment("MAILLAGE_SHARED") else {
        eprintln!("SKIPPED: MAILLAGE_SHARED is not set, nothing was evaluated");
        return Vec::new();
    };
    let path = PathBuf::from(shared).join("evaluation/exchanges-odd-cases.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let texts = reader.records().map(|record| {
        let record = record.unwrap();
        Text {
            number: record[0].to_owned(),
            source: record[0].split(',').next().unwrap().to_owned(),
            words: record[5].to_owned(),
            activity: record[2].to_owned(),
            codes: codes(&record[6]),
        }
    });
    texts.filter(|text| !text.codes.is_empty()).collect()
}

/// Our own French descriptions, each a source of its own.
fn own() -> Vec<Text> {
    [include_str!("../../tests/materials/descriptions.csv"), include_str!("../../tests/materials/fresh.csv")]
        .iter()
        .flat_map(|table| csv::Reader::from_reader(table.as_bytes()).into_records())
        .enumerate()
        .map(|(at, record)| {
            let record = record.unwrap();
            Text {
                number: (at + 1).to_string(),
                source: (at + 1).to_string(),
                words: record[0].to_owned(),
                activity: record[1].to_owned(),
                codes: codes(&record[4]),
            }
        })
        .filter(|text| !text.codes.is_empty())
        .collect()
}

/// What an ablation leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Without {
    Nothing,
    Activity,
    Codes,
    FurtherCodes,
    Words,
    Category,
}

/// Each text as an offer of its source, with the activity of who has it, and as a request, whose
/// writer does not know where it comes from.
fn flows(texts: &[Text], list: Nomenclature, without: Without) -> Vec<Flow> {
    let mut flows = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        for direction in [Direction::Output, Direction::Input] {
            let expected = if direction == Direction::Output && without != Without::Activity {
                expectation(&text.activity, list)
            } else {
                Expectation::default()
            };
            let found = classify(&text.words, &expected, 10);
            let side = if direction == Direction::Output { "o" } else { "d" };
            let words = if without == Without::Words { "" } else { &text.words };
            let mut one = plain(&format!("{side}{at:04}"), &text.source, direction, words);
            one.category = found.category.filter(|_| without != Without::Category);
            one.flow_type = found.flow_type;
            let most = match without {
                Without::Codes => 0,
                Without::FurtherCodes => 1,
                _ => 10,
            };
            one.ranked_codes = found
                .codes
                .iter()
                .take(most)
                .map(|code| RankedCode { code: code.code, confidence_milli: code.confidence_milli })
                .collect();
            (one.mass, one.frequency, one.state, one.hazardous) = (None, None, None, None);
            flows.push(one);
        }
    }
    flows
}

/// The best requests of each offer with their material parts, best first.
fn ranked(flows: &[Flow], most: u32) -> BTreeMap<usize, Vec<(usize, u16)>> {
    ranked_with(flows, most, |found, _| found.parts[0].unwrap())
}

/// What a chance rests on.
fn said(found: &Match, known: &Known<'_>) -> (Evidence, u16) {
    let (offer, request) = (known.get(&found.offer).unwrap(), known.get(&found.request).unwrap());
    (Evidence::of(offer, request), found.parts[0].unwrap())
}

/// As [`ranked`], with something else of each match.
fn ranked_with<T>(
    flows: &[Flow],
    most: u32,
    of: fn(&Match, &Known<'_>) -> T,
) -> BTreeMap<usize, Vec<(usize, T)>> {
    let settings =
        config::Matching { top_per_flow: most, minimum_score_percent: 0, ..config::Matching::default() };
    let known = Known::new(&[], flows, &[]);
    let at = |id: &FlowId| id.0.reveal()[1..].parse::<usize>().unwrap();
    let mut ranked: BTreeMap<usize, Vec<(usize, T)>> = BTreeMap::new();
    for found in super::tests::found(&known, &settings, day()) {
        let list = ranked.entry(at(&found.offer)).or_default();
        if found.kind == MatchKind::Substitution && list.len() < most as usize {
            list.push((at(&found.request), of(&found, &known)));
        }
    }
    ranked
}

fn share(of: usize, all: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap()) / f64::from(u32::try_from(all.max(1)).unwrap())
}

/// Shares of the offers, of those that some request of another source fits, with a right one among
/// the first 1, 3, 5 and 10.
fn hits(texts: &[Text], ranked: &BTreeMap<usize, Vec<(usize, u16)>>) -> ([f64; 4], usize) {
    let (mut hits, mut all) = ([0_usize; 4], 0);
    for (at, text) in texts.iter().enumerate() {
        if !texts.iter().any(|other| other.source != text.source && text.is_like(other)) {
            continue;
        }
        all += 1;
        let place =
            ranked.get(&at).and_then(|list| list.iter().position(|(other, _)| text.is_like(&texts[*other])));
        for (hits, top) in hits.iter_mut().zip([1, 3, 5, 10]) {
            *hits += usize::from(place.is_some_and(|place| place < top));
        }
    }
    (hits.map(|hits| share(hits, all)), all)
}

/// What was said and whether it was right, of the five best requests of each offer, by its source.
fn judged<T: Copy>(texts: &[Text], ranked: &BTreeMap<usize, Vec<(usize, T)>>) -> Vec<(String, T, bool)> {
    ranked
        .iter()
        .flat_map(|(at, list)| list.iter().take(5).map(move |(other, part)| (at, other, part)))
        .map(|(at, other, part)| (texts[*at].source.clone(), *part, texts[*at].is_like(&texts[*other])))
        .collect()
}

/// Means of what was said, shares of right pairs and numbers of pairs, in steps of so many thousandths of what
/// was said; steps without a pair are left out.
fn by_steps(said: &[(u16, bool)], thousandths: u16) -> Vec<(f64, f64, usize)> {
    let mut steps: BTreeMap<u16, (usize, usize, usize)> = BTreeMap::new();
    for (milli, is_right) in said {
        let step = steps.entry((*milli).min(999) / thousandths).or_default();
        *step = (step.0 + usize::from(*milli), step.1 + usize::from(*is_right), step.2 + 1);
    }
    steps.into_values().map(|(sum, right, all)| (share(sum, all * 1000), share(right, all), all)).collect()
}

/// Said and right, in steps of so many thousandths.
fn print(name: &str, said: &[(u16, bool)], thousandths: u16) {
    let right = said.iter().filter(|one| one.1).count();
    println!("{name}: {} pairs, right {:.3}", said.len(), share(right, said.len()));
    for (mean, right, pairs) in by_steps(said, thousandths) {
        println!("  said {mean:.2}, right {right:.2}, pairs {pairs}");
    }
}

/// Prints said and right, in fifths of what was said, and gives the mean squared error.
fn reliability(name: &str, said: &[(u16, bool)]) -> f64 {
    print(name, said, 200);
    let error = |(chance, right): &(u16, bool)| {
        let off = f64::from(*chance) / 1000.0 - f64::from(u8::from(*right));
        off * off
    };
    let brier = said.iter().map(error).sum::<f64>() / share(said.len(), 1);
    println!("  mean squared error {brier:.3}");
    brier
}

/// Neighbouring steps of fewer pairs than this are one: pairs of one case are alike, so that a few dozen are
/// a few cases.
const LEAST: u32 = 75;

fn thick(steps: Vec<Step>) -> Vec<Step> {
    let mut thick: Vec<Step> = Vec::new();
    for step in steps {
        match thick.last_mut() {
            Some(last) if last.pairs < LEAST => {
                last.right += step.right;
                last.pairs += step.pairs;
            }
            _ => thick.push(step),
        }
    }
    if let [.., before, last] = thick.as_mut_slice()
        && last.pairs < LEAST
    {
        before.right += last.right;
        before.pairs += last.pairs;
        thick.pop();
    }
    if let Some(first) = thick.first_mut() {
        first.from = 0;
    }
    thick
}

/// A pair of an evaluation set: its source, what was said, and whether it was right.
type Judged = (String, (Evidence, u16), bool);

/// The evaluation sets, each with how often its pairs count, so that the sets weigh about as much: published
/// exchanges, our French descriptions, and each of both against the other.
fn sets() -> Vec<(&'static str, usize, Vec<Judged>)> {
    let (own, published) = (own(), published());
    if published.is_empty() {
        return Vec::new();
    }
    let of = |flows: &[Flow], texts: &[Text]| judged(texts, &ranked_with(flows, 10, said));
    let mut both = flows(&published, Nomenclature::Nace, Without::Nothing);
    let ours = flows(&own, Nomenclature::Unknown, Without::Nothing);
    let first = of(&both, &published);
    let second = of(&ours, &own);
    // No two of one source ever meet: each set is one.
    for (at, flow) in ours.iter().enumerate() {
        let side = &flow.id.0.reveal()[..1];
        let mut flow = flow.clone();
        flow.id = FlowId(Confidential::new(format!("{side}{:04}", published.len() + at / 2)));
        flow.organisation = OrgId(Confidential::new("nous".to_owned()));
        both.push(flow);
    }
    for flow in &mut both[..published.len() * 2] {
        flow.organisation = OrgId(Confidential::new("publié".to_owned()));
    }
    let texts: Vec<Text> = published.into_iter().chain(own).collect();
    let third = of(&both, &texts);
    vec![("published", 2, first), ("ours", 1, second), ("one against the other", 1, third)]
}

/// The table of all pairs but those that are left out.
fn fitted(sets: &[(&'static str, usize, Vec<Judged>)], is_left_out: impl Fn(&str, &str) -> bool) -> Steps {
    let mut pairs: BTreeMap<Evidence, Vec<(u16, bool)>> = BTreeMap::new();
    for (name, times, judged) in sets {
        let kept = judged.iter().filter(|(source, ..)| !is_left_out(name, source));
        for (_, (evidence, part), right) in kept {
            pairs.entry(*evidence).or_default().extend(std::iter::repeat_n((*part, *right), *times));
        }
    }
    pairs.into_iter().map(|(evidence, pairs)| (evidence, thick(isotonic(&pairs)))).collect()
}

/// What a table says of pairs, and whether they were right.
fn chances(table: &Steps, judged: &[Judged]) -> Vec<(u16, bool)> {
    judged.iter().map(|(_, said, right)| (chance(table, *said).unwrap_or(500), *right)).collect()
}

/// Mean distance between what was said and what is right, by tenths.
fn off(said: &[(u16, bool)]) -> f64 {
    let steps = by_steps(said, 100).into_iter();
    steps.map(|(mean, right, pairs)| (mean - right).abs() * share(pairs, said.len())).sum::<f64>()
}

#[test]
fn a_chance_says_how_often_a_pair_is_right_in_every_set() {
    let sets = sets();
    if sets.is_empty() {
        return;
    }
    let table = fitted(&sets, |_, _| false);
    println!("indice,note_matiere,justes,paires");
    for (evidence, of) in &table {
        for step in of {
            println!("{},{},{},{}", evidence.code(), step.from, step.right, step.pairs);
        }
    }
    let mut all = Vec::new();
    for (name, _, judged) in &sets {
        for (evidence, of) in &table {
            let of_it: Vec<Judged> = judged.iter().filter(|one| one.1.0 == *evidence).cloned().collect();
            if !of_it.is_empty() && !of.is_empty() {
                print(&format!("{name}, {}", evidence.code()), &chances(&table, &of_it), 100);
            }
        }
        let said = chances(&table, judged);
        reliability(name, &said);
        println!("  mean distance from what is right {:.3}", off(&said));
        let others = fitted(&sets, |set, _| set == *name);
        let apart = chances(&others, judged);
        reliability(&format!("{name}, by the others"), &apart);
        println!("  mean distance from what is right {:.3}", off(&apart));
        let raw: Vec<(u16, bool)> = judged.iter().map(|(_, (_, part), right)| (*part, *right)).collect();
        reliability(&format!("{name}, the part itself"), &raw);
        // Each source from all others.
        let sources: BTreeSet<&str> = judged.iter().map(|one| one.0.as_str()).collect();
        if *name == "published" {
            for source in sources {
                let without = fitted(&sets, |_, other| other == source);
                let of_it: Vec<Judged> = judged.iter().filter(|one| one.0 == source).cloned().collect();
                all.extend(chances(&without, &of_it));
            }
        }
    }
    let brier = reliability("published, case left out", &all);
    println!("  mean distance from what is right {:.3}", off(&all));
    let published = &sets[0].2;
    let raw: Vec<(u16, bool)> = published.iter().map(|(_, (_, part), right)| (*part, *right)).collect();
    let raw = reliability("published, the part itself taken for a chance", &raw);
    assert!(brier < raw, "{brier:.3} {raw:.3}");
    for (name, _, judged) in &sets {
        let off = off(&chances(&table, judged));
        assert!(off < 0.2, "{name}: {off:.3}");
    }
    assert_eq!(table, *steps(), "`pipelines/reference/fiabilite.csv` is not what the sets give");
}

/// Fewest pairs of a tenth that is compared with another.
const OF_A_TENTH: usize = 20;

/// Prints tenths of the score: the share of right pairs must grow from the lowest tenth to the highest, and
/// fall from one to the next by no more than chance may do in so few pairs.
fn must_rise(name: &str, scored: &[(u16, bool)]) {
    print(name, scored, 100);
    let tenths: Vec<_> = by_steps(scored, 100).into_iter().filter(|tenth| tenth.2 >= OF_A_TENTH).collect();
    let shares: Vec<f64> = tenths.iter().map(|tenth| tenth.1).collect();
    assert!(shares.len() > 1 && shares[shares.len() - 1] > shares[0] + 0.1, "{name}: {tenths:?}");
    assert!(shares.windows(2).all(|pair| pair[1] > pair[0] - 0.15), "{name}: {tenths:?}");
}

#[test]
fn the_share_of_right_pairs_rises_with_the_score() {
    let score = |found: &Match, _: &Known<'_>| found.score_milli;
    let own = own();
    let ours = judged(&own, &ranked_with(&flows(&own, Nomenclature::Unknown, Without::Nothing), 10, score));
    must_rise("our French descriptions, by tenths of the score", &without_source(&ours));
    let texts = published();
    if texts.is_empty() {
        return;
    }
    let known = flows(&texts, Nomenclature::Nace, Without::Nothing);
    must_rise(
        "published, by tenths of the score",
        &without_source(&judged(&texts, &ranked_with(&known, 10, score))),
    );
}

fn without_source(judged: &[(String, u16, bool)]) -> Vec<(u16, bool)> {
    judged.iter().map(|(_, said, right)| (*said, *right)).collect()
}

#[test]
fn each_source_of_evidence_in_the_material_part_adds_to_the_hit_rate() {
    for (name, texts, list) in
        [("published", published(), Nomenclature::Nace), ("our French", own(), Nomenclature::Unknown)]
    {
        if texts.is_empty() {
            continue;
        }
        let mut first = None;
        for without in [
            Without::Nothing,
            Without::Activity,
            Without::Codes,
            Without::FurtherCodes,
            Without::Words,
            Without::Category,
        ] {
            let ranked = ranked(&flows(&texts, list, without), 10);
            let (hits, all) = hits(&texts, &ranked);
            println!("{name}, without {without:?}: {all} offers, hit@1 3 5 10 {hits:.3?}");
            let whole = *first.get_or_insert(hits);
            assert!(without != Without::Codes || hits[2] < whole[2], "codes add nothing");
        }
    }
}

/// `cargo test --lib evaluation::published_offers -- --ignored --nocapture`
#[test]
#[ignore = "a list to read"]
fn published_offers_whose_best_request_is_another_material_are_listed_by_number() {
    let texts = published();
    let ranked = ranked(&flows(&texts, Nomenclature::Nace, Without::Nothing), 10);
    for (at, text) in texts.iter().enumerate() {
        let possible = texts.iter().any(|other| other.source != text.source && text.is_like(other));
        let Some((first, part)) = ranked.get(&at).and_then(|list| list.first()) else {
            if possible {
                println!("{} ({:?}): no request of a material", text.number, text.codes);
            }
            continue;
        };
        if possible && !text.is_like(&texts[*first]) {
            let list = &ranked[&at];
            let place = list.iter().position(|(other, _)| text.is_like(&texts[*other]));
            println!(
                "{} ({:?}): first {} ({:?}) with {part}, right at {:?}",
                text.number,
                text.codes,
                texts[*first].number,
                texts[*first].codes,
                place.map(|place| place + 1)
            );
        }
    }
}

/// A linear congruential generator (constants of Knuth's MMIX).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Offers, each with one planted request: near, of a like amount, in the same season and state. All
/// others of its material, and the destination and confidentiality of all, are drawn at random.
fn planted() -> (Vec<Organisation>, Vec<Flow>) {
    let mut draw = Draw(20_260_115);
    let words =
        ["palettes de bois", "drêches de brasserie", "retailles de gypse", "verre plat", "carton ondulé"];
    let (mut organisations, mut flows) = (Vec::new(), Vec::new());
    for at in 0..400_u64 {
        let kg = i64::try_from(500 + draw.below(200_000)).unwrap();
        let (north, east) = (draw.below(8_000), draw.below(8_000));
        let state = [State::Solid, State::Sludge, State::Liquid][usize::try_from(draw.below(3)).unwrap()];
        let frequency = if draw.below(3) == 0 { Frequency::Once } else { Frequency::Weekly };
        let start = day() + chrono::Days::new(draw.below(300));
        for (side, direction) in [("o", Direction::Output), ("d", Direction::Input)] {
            let name = format!("{side}{at:04}");
            let word = words[usize::try_from(at % 5).unwrap()];
            let found = classify(word, &Expectation::default(), 10);
            let mut one = plain(&name, &name, direction, word);
            one.category = found.category;
            one.ranked_codes = found
                .codes
                .iter()
                .map(|code| RankedCode { code: code.code, confidence_milli: code.confidence_milli })
                .collect();
            one.mass = Mass::exact(kg * i64::try_from(80 + draw.below(40)).unwrap() / 100);
            one.park = ParkCode::new("absent");
            (one.state, one.frequency) = (Some(state), Some(frequency));
            one.destination = Destination::ALL[usize::try_from(draw.below(7)).unwrap()];
            if draw.below(4) == 0 {
                one.confidentiality = Confidentiality::Confidential;
            }
            one.available_from = Some(start);
            one.available_to = Some(start + chrono::Days::new(60));
            let mut company = organisation(&name);
            let degrees = |low: f64, ten_thousandths: u64| {
                low + f64::from(u32::try_from(ten_thousandths).unwrap()) / 10_000.0
            };
            company.coordinates = Some(Confidential::new((
                degrees(46.4, north + draw.below(700)),
                degrees(-71.6, east + draw.below(700)),
            )));
            one.organisation = OrgId(Confidential::new(name.clone()));
            organisations.push(company);
            flows.push(one);
        }
    }
    (organisations, flows)
}

#[test]
fn each_part_of_the_score_helps_to_find_a_planted_partner() {
    let (organisations, flows) = planted();
    let known = Known::new(&organisations, &flows, &[]);
    let found_with = |without: Option<&str>| {
        let mut settings =
            config::Matching { top_per_flow: 5, minimum_score_percent: 0, ..config::Matching::default() };
        if let Some(part) = without {
            settings.weights.insert(part.to_owned(), 0);
        }
        let mut first: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for found in super::tests::found(&known, &settings, day()) {
            let list = first.entry(found.offer.0.reveal()[1..].to_owned()).or_default();
            list.push(found.request.0.reveal()[1..].to_owned());
        }
        let within = |top: usize| {
            let hit =
                first.iter().filter(|(offer, list)| list.iter().take(top).any(|one| one == *offer)).count();
            share(hit, flows.len() / 2)
        };
        [within(1), within(5)]
    };
    let whole = found_with(None);
    println!("planted partners, all parts: hit@1 5 {whole:.3?}");
    for part in Part::ALL {
        let less = found_with(Some(part.code()));
        println!("planted partners, without {}: {less:.3?}", part.code());
        // Who must consent says nothing of who fits.
        assert!(*part == Part::Confidentiality || less[0] <= whole[0] + 0.01, "{part:?} harms");
    }
    assert!(whole[0] > 0.3, "{whole:?}");
    let settings =
        config::Matching { top_per_flow: 5, minimum_score_percent: 0, ..config::Matching::default() };
    let pairs = super::tests::found(&known, &settings, day());
    let is_planted = |one: &Match| one.offer.0.reveal()[1..] == one.request.0.reveal()[1..];
    let scored: Vec<(u16, bool)> = pairs.iter().map(|one| (one.score_milli, is_planted(one))).collect();
    must_rise("planted partners, by tenths of the score", &scored);
}
