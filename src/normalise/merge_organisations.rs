//! The same company spelt differently: who is one, and by what evidence.

use super::identifiers::{name_key, telephone_key};
use super::namesakes;
use super::organisations::OrganisationRead;
use super::{Merge, MergeKind};
use crate::model::{Confidential, FindingKind, Group, Location, OrgId, Organisation, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Lowest Jaro-Winkler similarity of two names that share an e-mail or a telephone.
const SIMILAR: f64 = 0.9;
/// Names compared with each one when many share a contact (a shared mailbox).
const WINDOW: usize = 50;

/// What the merge gives.
pub(super) struct Merged {
    pub(super) organisations: Vec<Organisation>,
    pub(super) merges: Vec<Merge>,
    /// Rows that deserve a remark: duplicates and conflicts.
    pub(super) remarks: Vec<(Location, FindingKind)>,
    /// The company of each read, in the order given; none when it cannot be named.
    pub(super) owners: Vec<Option<OrgId>>,
    pub(super) index: Index,
}

/// Finds companies by what a row writes.
pub(super) struct Index {
    numbers: BTreeMap<String, OrgId>,
    names: BTreeMap<String, Only>,
    source_ids: BTreeMap<(Arc<str>, String), OrgId>,
    any_ids: BTreeMap<String, Only>,
}

/// The one company of a key; none where several have it.
type Only = Option<OrgId>;

fn note(known: &mut BTreeMap<String, Only>, key: &str, id: &OrgId) {
    match known.get_mut(key) {
        None => {
            known.insert(key.to_owned(), Some(id.clone()));
        }
        Some(only) if only.as_ref() != Some(id) => *only = None,
        Some(_) => {}
    }
}

impl Index {
    /// The one company of a number, a name, or the source's own key.
    pub(super) fn find(&self, source: &str, text: &str) -> Option<OrgId> {
        if let Some(number) = super::identifiers::enterprise_number(text)
            && let Some(id) = self.numbers.get(&number)
        {
            return Some(id.clone());
        }
        let key = text.trim().to_owned();
        self.names
            .get(&name_key(text))
            .cloned()
            .flatten()
            .or_else(|| self.source_ids.get(&(Arc::<str>::from(source), key.clone())).cloned())
            .or_else(|| self.any_ids.get(&key).cloned().flatten())
    }
}

#[derive(Clone, Copy)]
enum Evidence {
    Number,
    SourceId,
    Name,
    Contact,
}

impl Evidence {
    const ALL: [Self; 4] = [Self::Number, Self::SourceId, Self::Name, Self::Contact];

    /// French and English.
    const fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Number => ("même NEQ", "same enterprise number"),
            Self::SourceId => ("même identifiant dans la source", "same identifier in the source"),
            Self::Name => ("même nom, forme juridique à part", "same name, legal form aside"),
            Self::Contact => (
                "même courriel ou téléphone et noms semblables",
                "same e-mail or telephone and similar names",
            ),
        }
    }
}

/// Kinds of evidence, a bit each: there is one set a row.
#[derive(Clone, Copy, Default)]
struct Evidences(u8);

impl Evidences {
    const fn insert(&mut self, kind: Evidence) {
        self.0 |= 1 << kind as u8;
    }

    fn iter(self) -> impl Iterator<Item = Evidence> {
        Evidence::ALL.into_iter().filter(move |kind| self.0 & (1 << *kind as u8) != 0)
    }
}

struct Forest<'a> {
    parent: Vec<usize>,
    number: Vec<Option<&'a str>>,
    evidence: Vec<Evidences>,
}

impl Forest<'_> {
    fn root(&mut self, mut node: usize) -> usize {
        while self.parent[node] != node {
            self.parent[node] = self.parent[self.parent[node]];
            node = self.parent[node];
        }
        node
    }

    /// Joins two unless their enterprise numbers differ; says whether they are one now.
    fn join(&mut self, left: usize, right: usize, evidence: Evidence) -> bool {
        let (left, right) = (self.root(left), self.root(right));
        let (low, high) = (left.min(right), left.max(right));
        if low == high {
            self.evidence[low].insert(evidence);
            return true;
        }
        if let (Some(one), Some(other)) = (self.number[low], self.number[high])
            && one != other
        {
            return false;
        }
        self.parent[high] = low;
        self.number[low] = self.number[low].or(self.number[high]);
        let moved = std::mem::take(&mut self.evidence[high]);
        self.evidence[low].0 |= moved.0;
        self.evidence[low].insert(evidence);
        true
    }
}

/// Merges reads, which must be sorted by location.
pub(super) fn merge(reads: &[OrganisationRead]) -> Merged {
    let names: Vec<Option<String>> =
        reads.iter().map(|read| Some(name_key(read.name.as_ref()?.reveal()))).collect();
    let mut forest = Forest {
        parent: (0..reads.len()).collect(),
        number: reads
            .iter()
            .map(|read| read.more().enterprise_number.as_ref().map(|number| number.reveal().as_str()))
            .collect(),
        evidence: vec![Evidences::default(); reads.len()],
    };
    let mut remarks = Vec::new();
    let by = |key: &dyn Fn(usize) -> Option<String>| {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for at in 0..reads.len() {
            if let Some(key) = key(at) {
                groups.entry(key).or_default().push(at);
            }
        }
        groups
    };
    let mut doubtful = BTreeMap::new();
    for (number, group) in by(&|at| Some(reads[at].more().enterprise_number.as_ref()?.reveal().clone())) {
        let companies = namesakes::companies(&group, &names, reads);
        if companies.len() > 1 {
            for company in &companies {
                remarks.push((reads[company[0]].location.clone(), FindingKind::ConflictingNumber));
                for &at in company {
                    forest.number[at] = None;
                    doubtful.insert(at, number.clone());
                }
            }
        }
        for company in companies {
            for pair in company.windows(2) {
                forest.join(pair[0], pair[1], Evidence::Number);
            }
        }
    }
    let source_key = |at: usize| {
        let id = reads[at].more().source_id.as_ref()?;
        Some(format!("{}\u{0}{}", reads[at].location.source, id.reveal()))
    };
    for group in by(&source_key).values() {
        for &at in &group[1..] {
            forest.join(group[0], at, Evidence::SourceId);
        }
    }
    for group in by(&|at| names[at].clone()).values() {
        join_names(&mut forest, group, reads, &mut remarks);
    }
    let email = |at: usize| reads[at].more().email.as_ref().map(|email| fold(email.reveal()));
    let telephone = |at: usize| telephone_key(reads[at].more().telephone.as_ref()?.reveal());
    let contacts: [&dyn Fn(usize) -> Option<String>; 2] = [&email, &telephone];
    for key in contacts {
        for group in by(key).values() {
            join_contacts(&mut forest, group, &names);
        }
    }
    assemble(reads, &names, &doubtful, &mut forest, remarks)
}

/// One name is one company, unless it carries two enterprise numbers: then rows without a
/// number stay apart, for nobody can say whose they are.
fn join_names(
    forest: &mut Forest<'_>,
    group: &[usize],
    reads: &[OrganisationRead],
    remarks: &mut Vec<(Location, FindingKind)>,
) {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for &at in group {
        let root = forest.root(at);
        if let Some(number) = forest.number[root] {
            numbers.entry(number).or_insert(at);
        }
    }
    if numbers.len() > 1 {
        remarks.extend(
            numbers.values().map(|at| (reads[*at].location.clone(), FindingKind::ConflictingDuplicate)),
        );
        let mut nameless: Option<usize> = None;
        for &at in group {
            let root = forest.root(at);
            if forest.number[root].is_some() {
                continue;
            }
            if let Some(first) = nameless {
                forest.join(first, at, Evidence::Name);
            }
            nameless.get_or_insert(at);
        }
    } else {
        for &at in &group[1..] {
            forest.join(group[0], at, Evidence::Name);
        }
    }
}

fn join_contacts(forest: &mut Forest<'_>, group: &[usize], names: &[Option<String>]) {
    let mut distinct: BTreeMap<&str, usize> = BTreeMap::new();
    for &at in group {
        if let Some(name) = &names[at] {
            distinct.entry(name).or_insert(at);
        }
    }
    let distinct: Vec<(&str, usize)> = distinct.into_iter().collect();
    for (position, (name, at)) in distinct.iter().enumerate() {
        for (other, other_at) in distinct.iter().skip(position + 1).take(WINDOW) {
            if strsim::jaro_winkler(name, other) >= SIMILAR {
                forest.join(*at, *other_at, Evidence::Contact);
            }
        }
    }
}

fn assemble(
    reads: &[OrganisationRead],
    names: &[Option<String>],
    doubtful: &BTreeMap<usize, String>,
    forest: &mut Forest<'_>,
    mut remarks: Vec<(Location, FindingKind)>,
) -> Merged {
    let mut clusters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..reads.len() {
        clusters.entry(forest.root(at)).or_default().push(at);
    }
    let mut organisations = Vec::new();
    let mut merges = Vec::new();
    let mut owners = vec![None; reads.len()];
    let mut written = BTreeSet::new();
    let mut index = Index {
        numbers: BTreeMap::new(),
        names: BTreeMap::new(),
        source_ids: BTreeMap::new(),
        any_ids: BTreeMap::new(),
    };
    for (root, members) in clusters {
        let Some(first) = members.iter().copied().find(|at| names[*at].is_some()) else { continue };
        let number = forest.number[root].map(str::to_owned);
        let id = number.clone().unwrap_or_else(|| names[first].clone().unwrap_or_default());
        let id = OrgId(Confidential::new(id));
        for &at in &members {
            owners[at] = Some(id.clone());
            if let Some(name) = &names[at] {
                note(&mut index.names, name, &id);
            }
            if let Some(key) = &reads[at].more().source_id {
                note(&mut index.any_ids, key.reveal(), &id);
                let source = Arc::clone(&reads[at].location.source);
                index.source_ids.insert((source, key.reveal().clone()), id.clone());
            }
        }
        if let Some(number) = &number {
            index.numbers.insert(number.clone(), id.clone());
        }
        if let Some(merge) = evidence(reads, &members, first, forest.evidence[root], &mut remarks) {
            merges.push(merge);
        }
        let doubt = members.iter().find_map(|at| doubtful.get(at));
        let group = group(reads, &members, doubt.unwrap_or(id.0.reveal()));
        if members.iter().any(|at| reads[*at].more().group.is_some()) {
            written.insert(group.0.reveal().clone());
        }
        organisations.push(organisation(reads, &members, first, id, number, group));
    }
    super::owners::join(&mut organisations, &written);
    organisations.sort_by(|left, right| left.id.cmp(&right.id));
    Merged { organisations, merges, remarks, owners, index }
}

/// Who counts as one contributor. Companies under one number that cannot be told to be one
/// count as one all the same: the safe side, should they be.
fn group(reads: &[OrganisationRead], members: &[usize], alone: &str) -> Group {
    let written =
        settled(reads, members, |read| read.more().group.as_ref()).map(|group| name_key(group.reveal()));
    Group(Confidential::new(written.unwrap_or_else(|| alone.to_owned())))
}

fn organisation(
    reads: &[OrganisationRead],
    members: &[usize],
    first: usize,
    id: OrgId,
    number: Option<String>,
    group: Group,
) -> Organisation {
    let name = reads[first].name.clone().unwrap_or_default();
    let others: BTreeSet<Confidential<String>> =
        members.iter().filter_map(|at| reads[*at].name.clone()).filter(|other| *other != name).collect();
    let locations: BTreeSet<Location> = members.iter().map(|at| reads[*at].location.clone()).collect();
    // One row that says no is enough: consent is never guessed.
    let answers: Vec<bool> = members.iter().filter_map(|at| reads[*at].consents).collect();
    Organisation {
        name,
        other_names: others.into_iter().collect(),
        enterprise_number: number.map(Confidential::new),
        contact: pick(reads, members, |read| read.more().contact.as_ref()),
        email: pick(reads, members, |read| read.more().email.as_ref()),
        telephone: pick(reads, members, |read| read.more().telephone.as_ref()),
        address: pick(reads, members, |read| read.more().address.as_ref()),
        park: settled(reads, members, |read| read.park.as_ref()),
        coordinates: settled(reads, members, |read| read.coordinates.as_ref()),
        sector: settled(reads, members, |read| read.sector.as_ref()),
        workforce: settled(reads, members, |read| read.workforce.as_ref()),
        group,
        consents: !answers.is_empty() && answers.into_iter().all(|agrees| agrees),
        locations: locations.into_iter().collect(),
        id,
    }
}

/// The value that most rows give, the first in order among equals: whatever the order of the rows.
fn settled<T: Clone + PartialOrd>(
    reads: &[OrganisationRead],
    members: &[usize],
    field: impl Fn(&OrganisationRead) -> Option<&T>,
) -> Option<T> {
    let values: Vec<&T> = members.iter().filter_map(|at| field(&reads[*at])).collect();
    let votes = |value: &T| values.iter().filter(|other| **other == value).count();
    let best = values.iter().copied().reduce(|best, other| {
        let order = votes(other)
            .cmp(&votes(best))
            .then_with(|| best.partial_cmp(other).unwrap_or(std::cmp::Ordering::Equal));
        if order.is_gt() { other } else { best }
    });
    best.cloned()
}

/// The first value by location.
fn pick<T: Clone>(
    reads: &[OrganisationRead],
    members: &[usize],
    field: impl Fn(&OrganisationRead) -> Option<&T>,
) -> Option<T> {
    members.iter().find_map(|at| field(&reads[*at])).cloned()
}

/// A merge worth telling: several spellings, or several sources. One place for each.
fn evidence(
    reads: &[OrganisationRead],
    members: &[usize],
    first: usize,
    evidence: Evidences,
    remarks: &mut Vec<(Location, FindingKind)>,
) -> Option<Merge> {
    let mut spellings = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut others = Vec::new();
    let kept = &reads[first];
    spellings.insert(kept.name.as_ref()?.reveal().trim());
    seen.insert((&*kept.location.source, kept.name.as_ref()?.reveal().trim()));
    for &at in members {
        let Some(name) = &reads[at].name else { continue };
        let (name, location) = (name.reveal().trim(), &reads[at].location);
        if spellings.insert(name) {
            remarks.push((location.clone(), FindingKind::DuplicateOrganisation));
        }
        if seen.insert((&*location.source, name)) {
            others.push(location.clone());
        }
    }
    if others.is_empty() {
        return None;
    }
    let (fr, en): (Vec<&str>, Vec<&str>) = evidence.iter().map(Evidence::said).unzip();
    Some(Merge {
        kind: MergeKind::Organisation,
        kept: kept.location.clone(),
        others,
        evidence_fr: fr.join("; "),
        evidence_en: en.join("; "),
    })
}
