//! The same flow entered twice.

use super::flows::FlowRead;
use super::{Merge, MergeKind};
use crate::model::{Destination, FindingKind, Flow, FlowId, Location, Mass, OrgId, fold};
use std::collections::{BTreeMap, BTreeSet};

/// Lowest Jaro-Winkler similarity of two descriptions of one flow.
const SIMILAR: f64 = 0.93;
/// Descriptions compared with each one, in sorted order: keeps a large company's list linear.
const WINDOW: usize = 40;
/// Masses of one flow differ by at most one part in twenty.
const TWENTIETH: i64 = 20;

/// What the merge gives, flows sorted by identity.
pub(super) struct Merged {
    pub(super) flows: Vec<Flow>,
    pub(super) merges: Vec<Merge>,
    /// Rows that deserve a remark.
    pub(super) remarks: Vec<(Location, FindingKind)>,
}

/// Merges flows, which must be sorted by location and know their company.
pub(super) fn merge(reads: Vec<FlowRead>) -> Merged {
    let mut remarks = repeated_numbers(&reads);
    let mut merges = Vec::new();
    // Most flows are alone in their block: they stay where they are, and only the others are looked at.
    let mut order: Vec<usize> = (0..reads.len()).collect();
    order.sort_by(|one, other| block(&reads[*one].flow).cmp(&block(&reads[*other].flow)));
    let is_one_block = |one: &usize, other: &usize| block(&reads[*one].flow) == block(&reads[*other].flow);
    let sizes: Vec<usize> = order.chunk_by(is_one_block).map(<[usize]>::len).collect();
    let mut reads: Vec<Option<FlowRead>> = reads.into_iter().map(Some).collect();
    let mut kept = Vec::with_capacity(order.len());
    let mut rest = order.as_slice();
    for size in sizes {
        let (block, later) = rest.split_at(size);
        rest = later;
        if let [only] = block {
            kept.push(*only);
            continue;
        }
        let candidates = block.iter().filter_map(|at| {
            let read = reads[*at].take()?;
            let text = fold(read.flow.description.reveal());
            Some(Candidate { at: *at, read, text })
        });
        for cluster in clusters(candidates.collect()) {
            let at = cluster[0].at;
            let (read, merge) = unite(cluster);
            if let Some(merge) = merge {
                remarks.extend(merge.others.iter().map(|other| (other.clone(), FindingKind::DuplicateFlow)));
                merges.push(merge);
            }
            reads[at] = Some(read);
            kept.push(at);
        }
    }
    distinct_identities(&mut reads, kept);
    let mut flows: Vec<Flow> = reads.into_iter().filter_map(|read| Some(read?.flow)).collect();
    flows.sort_unstable_by(|left, right| left.id.cmp(&right.id));
    Merged { flows, merges, remarks }
}

/// Only flows that have all of this in common can be one.
fn block(flow: &Flow) -> (&OrgId, u8, u8, Option<u8>) {
    let category = flow.category.map(|category| category as u8);
    (&flow.organisation, flow.direction as u8, flow.flow_type as u8, category)
}

struct Candidate {
    /// Its place among the flows that were read.
    at: usize,
    read: FlowRead,
    text: String,
}

/// Numbers that a source gives to two different entries; the second is to blame.
fn repeated_numbers(reads: &[FlowRead]) -> Vec<(Location, FindingKind)> {
    let mut seen: BTreeMap<(&str, &FlowId), &FlowRead> = BTreeMap::new();
    let mut remarks = Vec::new();
    for read in reads.iter().filter(|read| read.own_id) {
        let location = &read.flow.locations[0];
        let Some(first) = seen.get(&(&*location.source, &read.flow.id)) else {
            seen.insert((&*location.source, &read.flow.id), read);
            continue;
        };
        let same = first.flow.organisation == read.flow.organisation
            && first.flow.direction == read.flow.direction
            && fold(first.flow.description.reveal()) == fold(read.flow.description.reveal())
            && first.flow.mass == read.flow.mass;
        if !same {
            remarks.push((location.clone(), FindingKind::DuplicateIdentifier));
        }
    }
    remarks
}

fn clusters(mut block: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    block.sort_by(|left, right| {
        left.text.cmp(&right.text).then_with(|| left.read.flow.locations.cmp(&right.read.flow.locations))
    });
    let mut open: Vec<Vec<Candidate>> = Vec::new();
    for candidate in block {
        let start = open.len().saturating_sub(WINDOW);
        // Every member must agree, so a chain of near values cannot drift.
        let home =
            open[start..].iter().position(|cluster| cluster.iter().all(|member| same(member, &candidate)));
        match home {
            Some(at) => open[start + at].push(candidate),
            None => open.push(vec![candidate]),
        }
    }
    open
}

fn same(left: &Candidate, right: &Candidate) -> bool {
    let (one, other) = (&left.read.flow, &right.read.flow);
    let agree = compatible(one.mass, other.mass)
        && either(one.park.as_ref(), other.park.as_ref())
        && either(one.state, other.state)
        && either(one.hazardous, other.hazardous)
        && either(one.available_from, other.available_from)
        && either(one.available_to, other.available_to)
        && either(known(one.destination), known(other.destination))
        && (one.material_codes.is_empty()
            || other.material_codes.is_empty()
            || one.material_codes.iter().any(|code| other.material_codes.contains(code)));
    let one_source = one.locations[0].source == other.locations[0].source;
    // One source repeats an entry whole; two near values in it are two entries (two years, two lots, two sites).
    let is_repeated = || {
        left.read.extras == right.read.extras
            && one.mass == other.mass
            && either(one.coordinates.as_ref(), other.coordinates.as_ref())
    };
    if !agree || (one_source && !is_repeated()) {
        return false;
    }
    if one.mass.is_none() && other.mass.is_none() && !same_writing(one, other) {
        return false;
    }
    if left.text.is_empty() || right.text.is_empty() {
        return left.text == right.text
            && one.mass.is_some()
            && one.mass == other.mass
            && !one.material_codes.is_empty()
            && one.material_codes == other.material_codes;
    }
    left.text == right.text || alike(&left.text, &right.text)
}

/// Similar letters and mostly the same words; another number ("bac 1", "bac 2") is another thing.
fn alike(left: &str, right: &str) -> bool {
    if strsim::jaro_winkler(left, right) < SIMILAR {
        return false;
    }
    let words = |text: &str| -> BTreeSet<String> { text.split(' ').map(crate::materials::key).collect() };
    let (left, right) = (words(left), words(right));
    let number = |word: &&String| word.bytes().any(|byte| byte.is_ascii_digit());
    if left.iter().filter(number).ne(right.iter().filter(number)) {
        return false;
    }
    left.intersection(&right).count() * 2 >= left.len().max(right.len())
}

fn either<T: PartialEq>(left: Option<T>, right: Option<T>) -> bool {
    left.zip(right).is_none_or(|(left, right)| left == right)
}

fn known(destination: Destination) -> Option<Destination> {
    (destination != Destination::Unknown).then_some(destination)
}

/// Quantities that gave no mass (hours, square metres) are compared as written.
fn same_writing(one: &Flow, other: &Flow) -> bool {
    let (one, other) = (fold(one.quantity_as_written.reveal()), fold(other.quantity_as_written.reveal()));
    one.is_empty() || other.is_empty() || one == other
}

fn compatible(left: Option<Mass>, right: Option<Mass>) -> bool {
    let Some((left, right)) = left.zip(right) else { return true };
    let (low, high) = (left.best_kg().min(right.best_kg()), left.best_kg().max(right.best_kg()));
    (high - low).saturating_mul(TWENTIETH) <= high
}

/// How many facts a flow states.
fn completeness(flow: &Flow) -> usize {
    [
        flow.mass.is_some() || flow.amount.is_some(),
        flow.park.is_some(),
        flow.frequency.is_some(),
        flow.state.is_some(),
        flow.hazardous.is_some(),
        flow.destination != Destination::Unknown,
        flow.current_cost.is_some(),
        flow.price.is_some(),
        flow.available_from.is_some(),
        flow.available_to.is_some(),
        flow.conditions.is_some(),
        !flow.material_codes.is_empty(),
    ]
    .into_iter()
    .filter(|stated| *stated)
    .count()
}

/// Keeps the most complete entry, the first by location on a tie, and fills its gaps.
fn unite(mut cluster: Vec<Candidate>) -> (FlowRead, Option<Merge>) {
    cluster.sort_by(|Candidate { read: left, .. }, Candidate { read: right, .. }| {
        completeness(&right.flow)
            .cmp(&completeness(&left.flow))
            .then_with(|| left.flow.locations.cmp(&right.flow.locations))
    });
    let mut members = cluster.into_iter().map(|member| member.read);
    // A cluster is opened by its first member, so it is never empty.
    let FlowRead { flow: mut kept, own_id, extras, open_category } =
        members.next().expect("a cluster has a member");
    let place = kept.locations[0].clone();
    let mut others = Vec::new();
    for FlowRead { flow: other, .. } in members {
        others.extend(other.locations.iter().cloned());
        kept.mass = kept.mass.or(other.mass);
        kept.amount = kept.amount.or(other.amount);
        kept.park = kept.park.or(other.park);
        kept.coordinates = kept.coordinates.or(other.coordinates);
        kept.frequency = kept.frequency.or(other.frequency);
        kept.state = kept.state.or(other.state);
        kept.hazardous = kept.hazardous.or(other.hazardous);
        if kept.destination == Destination::Unknown {
            kept.destination = other.destination;
        }
        kept.current_cost = kept.current_cost.or(other.current_cost);
        kept.price = kept.price.or(other.price);
        kept.available_from = kept.available_from.or(other.available_from);
        kept.available_to = kept.available_to.or(other.available_to);
        kept.conditions = kept.conditions.or(other.conditions);
        if kept.material_codes.is_empty() && !other.material_codes.is_empty() {
            kept.material_codes = other.material_codes;
            kept.ranked_codes = other.ranked_codes;
        }
        if kept.quantity_as_written.reveal().is_empty() {
            kept.quantity_as_written = other.quantity_as_written;
        }
        // The stricter wish of the two holds.
        kept.confidentiality = kept.confidentiality.max(other.confidentiality);
        kept.locations.extend(other.locations);
    }
    kept.locations.sort();
    if others.is_empty() {
        return (FlowRead { flow: kept, own_id, extras, open_category }, None);
    }
    others.sort();
    let merge = Merge {
        kind: MergeKind::Flow,
        kept: place,
        others,
        evidence_fr: "même entreprise, même sens, même type, même catégorie, descriptions semblables, quantités compatibles".to_owned(),
        evidence_en: "same company, direction, type and category, similar descriptions, compatible quantities".to_owned(),
    };
    (FlowRead { flow: kept, own_id, extras, open_category }, Some(merge))
}

/// Two flows never share an identity: all but the first get their place behind it. `kept` are the flows
/// that are left, in the order of their blocks.
fn distinct_identities(reads: &mut [Option<FlowRead>], mut kept: Vec<usize>) {
    let locations = |at: &usize| reads[*at].as_ref().map(|read| &read.flow.locations);
    kept.sort_by(|left, right| locations(left).cmp(&locations(right)));
    let mut taken = BTreeSet::new();
    for at in kept {
        let Some(FlowRead { flow, .. }) = &mut reads[at] else { continue };
        let mut repeat = 1;
        let given = flow.id.clone();
        while !taken.insert(flow.id.clone()) {
            repeat += 1;
            flow.id = given.repeated(&flow.locations[0], repeat);
        }
    }
}
