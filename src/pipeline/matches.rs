//! Matches and their follow-up: found, named for the animators, read back.

use crate::anonymise::Pseudonyms;
use crate::config::Pipeline;
use crate::engine::Room;
use crate::error::{Exit, Failure};
use crate::ingest;
use crate::matching::{
    self, Agreed, FollowUp, FollowUps, Followed, Found, Identifier, Known, NamedMatches, Parties, Party,
    Rejected, ReturnedSheet, Step,
};
use crate::model::{
    Category, Confidential, Destination, Field, Finding, Flow, FlowType, Match, OrgId, Organisation, Status,
};
use crate::store::{State, StateFile, sha256};
use chrono::NaiveDate;
use serde_json::{Value, json};

/// Least time and memory for reading the animators' list back.
const LIST_SECONDS: u32 = 300;
const LIST_MEMORY_MIB: u32 = 2_048;

/// What was filled in so far, and what was met when the workbook was read back.
pub(super) struct Remembered {
    pub(super) follow_ups: FollowUps,
    pub(super) findings: Vec<Finding>,
    /// SHA-256 of the workbook as it was read; none when there was none.
    read: Option<String>,
}

impl Remembered {
    /// Takes in what the animators filled in; `seen` gets their notes and reasons, which are confidential, each
    /// with its field and the identifier of its match. A workbook that
    /// is as it was written says nothing new; any other is kept before it is overwritten.
    ///
    /// # Errors
    /// When the animators' workbook cannot be read (exit 65; it stays as it is).
    pub(super) async fn read(
        state: &State,
        context: &ingest::Context<'_>,
        as_of: NaiveDate,
        seen: &mut dyn FnMut(Field, &str, &str),
    ) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
        let mut follow_ups = load(state)?;
        let mut findings: Vec<Finding> = copies(state).iter().map(|name| matching::beside(name)).collect();
        let bytes = returned(state)?;
        let read = bytes.as_deref().map(sha256);
        if let Some((bytes, sum)) =
            bytes.as_deref().zip(read.as_deref()).filter(|(_, sum)| !is_ours(state, sum))
        {
            let sheets = filled(state, context).await?;
            context.snapshots.keep(bytes).map_err(|error| failed(&error))?;
            findings.push(matching::kept(sum));
            findings.extend(matching::read_follow_ups(&mut follow_ups, &sheets, as_of));
        }
        for (id, one) in &follow_ups {
            one.texts().for_each(|(field, text)| seen(field, id, text));
        }
        Ok(Self { follow_ups, findings, read })
    }
}

/// The bytes of the workbook; none when there is none.
fn returned(state: &State) -> Result<Option<Vec<u8>>, Failure> {
    match std::fs::read(state.path(StateFile::Matches)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unread(&error)),
    }
}

/// Names of workbooks beside the list that look like copies of it, in order.
fn copies(state: &State) -> Vec<String> {
    let entries = std::fs::read_dir(state.folder()).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut copies: Vec<String> = names.filter(|name| is_copy(name)).collect();
    copies.sort_unstable();
    copies
}

/// Whether a file is called like a copy of the list (`maillages (1).xlsx`); a lock of an open one is none.
fn is_copy(name: &str) -> bool {
    let said = name.to_lowercase();
    let is_workbook = [".xlsx", ".xlsm", ".xls", ".ods"].iter().any(|end| said.ends_with(end));
    let is_lock = ["~$", "."].iter().any(|start| said.starts_with(start));
    is_workbook && !is_lock && said.contains("maillages") && name != "maillages.xlsx"
}

/// Whether a workbook of this sum is the one that was written last.
fn is_ours(state: &State, sum: &str) -> bool {
    let written = std::fs::read_to_string(state.path(StateFile::MatchesSum)).unwrap_or_default();
    written.split_whitespace().next() == Some(sum)
}

/// Writes the new list, unless somebody saved another one since it was read: that one is read by the next run.
fn renew(state: &State, read: Option<&str>, workbook: &[u8]) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    if returned(state)?.is_some_and(|bytes| Some(sha256(&bytes).as_str()) != read) {
        tracing::warn!(
            "the animators' list was saved during the run: it is not overwritten, the next run reads it"
        );
        return Ok(());
    }
    state.write(StateFile::Matches, workbook).map_err(|error| failed(&error))?;
    let sum = format!("{}  maillages.xlsx\n", sha256(workbook));
    state.write(StateFile::MatchesSum, sum.as_bytes()).map_err(|error| failed(&error))
}

/// Finds the matches and writes the animators' new list and what is remembered of it.
///
/// # Errors
/// When the state cannot be written.
pub(super) async fn follow<'a>(
    pipeline: &'a Pipeline,
    known: &'a Known<'a>,
    (organisations, parties): (&[Organisation], &Parties<'_>),
    remembered: &mut Remembered,
    state: &State,
    pseudonyms: &Pseudonyms,
    as_of: NaiveDate,
) -> Result<Found<'a>, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let settings = &pipeline.settings.matching;
    let Remembered { follow_ups: memory, read, .. } = remembered;
    let room = Room::new(pipeline.settings.limits.engine_memory_mib, state.folder());
    let mut found = Found::search(known, settings, as_of, &room).await.map_err(|error| failed(&error))?;
    found.alike_first();
    let keyed = |key: &str| pseudonyms.of("maillage", key);
    let mut identifiers = matching::identifiers(&found, |id| memory.contains_key(&id.to_string()), keyed);
    matching::recognise(memory, &found, &mut identifiers, &[], parties);
    let before = identifiers.clone();
    let aside = matching::set_aside(memory, &mut found, &mut identifiers);
    if !aside.is_empty() {
        tracing::info!(
            aside = aside.len(),
            "matches that were given up and have not changed are not proposed again"
        );
    }
    let given_up: &FollowUps = memory;
    let followed = Followed::new(given_up);
    let is_out = |offer: &Flow, request: &Flow| {
        matching::is_given_up(given_up, (&followed, parties), (offer, request), keyed)
    };
    let portfolio = found.portfolio(&room, &is_out).await.map_err(|error| failed(&error))?;
    let is_known = |id: &Identifier| given_up.contains_key(&id.to_string());
    matching::add_identifiers(&mut identifiers, &before, &found, &portfolio.added, is_known, keyed);
    if !portfolio.added.is_empty() {
        matching::recognise(memory, &found, &mut identifiers, &before, parties);
    }
    if !portfolio.is_whole {
        tracing::warn!(
            "the plan is proven among the best partners of each flow only: there are too many flows"
        );
    }
    // Nobody reads hundreds of thousands of rows: the best ones, and whatever somebody filled in.
    let is_listed = |at: usize, id: &str| {
        at < settings.listed as usize || memory.get(id).is_some_and(FollowUp::is_filled)
    };
    let all = identifiers.iter().map(Identifier::to_string).zip(found.pairs()).enumerate();
    let listed = all.filter(|(at, (id, _))| is_listed(*at, id));
    let listed: Vec<(String, Match)> = listed.map(|(_, (id, pair))| (id, pair.found)).collect();
    let listed: Vec<(&str, &Match)> = listed.iter().map(|(id, found)| (id.as_str(), found)).collect();
    matching::remember(memory, &listed, known, parties);
    let list = NamedMatches {
        matches: &listed,
        unlisted: found.len() - listed.len(),
        organisations,
        known,
        parks: &pipeline.parks,
        follow_ups: memory,
        aside: &aside,
        scarce: &portfolio.scarce,
        settings,
        as_of,
        pools: &found.pools(),
        wanted: &found.wanted(&portfolio),
    };
    let workbook = matching::workbook(&list, state.folder()).map_err(|error| failed(&error))?;
    let lines: String = memory.iter().map(|(id, one)| format!("{}\n", line(id, one))).collect();
    state.write(StateFile::FollowUps, lines.as_bytes()).map_err(|error| failed(&error))?;
    renew(state, read.as_deref(), &workbook)?;
    Ok(found)
}

fn unread(cause: &dyn std::fmt::Display) -> Failure {
    let message = format!(
        "the animators’ workbook cannot be read back: {cause}\nhelp: mend `maillages.xlsx` in the state folder, or move it away; it was not overwritten and the previous release stays"
    );
    Failure::message(Exit::Unreadable, message)
}

async fn filled(state: &State, context: &ingest::Context<'_>) -> Result<Vec<ReturnedSheet>, Failure> {
    let path = state.path(StateFile::Matches);
    // Our own list grows with the programme: what protects from workbooks of strangers would stop a large one.
    let mut limits = context.limits.clone();
    limits.workbook_seconds = limits.workbook_seconds.max(LIST_SECONDS);
    limits.workbook_memory_mib = limits.workbook_memory_mib.max(LIST_MEMORY_MIB);
    let context = ingest::Context { limits, ..context.clone() };
    let sheets = ingest::view::sheets(&path, &context).await.map_err(|error| unread(&error))?;
    let sheets: Vec<ReturnedSheet> =
        sheets.into_iter().map(|(name, rows)| ReturnedSheet { name, rows }).collect();
    if !matching::is_list(&sheets) {
        return Err(unread(&"none of its sheets has the headings « Identifiant » and « Statut »"));
    }
    Ok(sheets)
}

fn load(state: &State) -> Result<FollowUps, Failure> {
    let path = state.path(StateFile::FollowUps);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(FollowUps::new()),
        Err(error) => {
            return Err(Failure::message(
                Exit::Failed,
                format!(
                    "the memory of the follow-up cannot be read: {error}\nhelp: check the permissions of the state folder"
                ),
            ));
        }
    };
    (1..)
        .zip(text.lines())
        .map(|(number, line)| {
            parse(line).ok_or_else(|| {
                Failure::message(
                    Exit::Failed,
                    format!("line {number} of `suivi_maillages.jsonl` in the state folder is damaged\nhelp: restore the file from a copy; nothing was overwritten"),
                )
            })
        })
        .collect()
}

fn line(id: &str, one: &FollowUp) -> Value {
    json!({
        "id": id,
        "supplier": one.supplier.0.reveal(),
        "receiver": one.receiver.0.reveal(),
        "type": one.flow_type.code(),
        "category": one.category.map(Category::code),
        "destination": one.destination.code(),
        "status": one.status.map(Status::code),
        "note": one.note.reveal(),
        "quantity_kg": one.quantity_kg,
        "reason": one.reason.reveal(),
        "agreed": agreed(one.agreed),
        "unsettled": one.unsettled.reveal(),
        "parties": one.parties.each_ref().map(|party| json!({
            "names": party.names.reveal(),
            "number": party.number,
            "words": party.words.reveal(),
        })),
        "rejected": one.rejected.as_ref().map(|rejected| json!({
            "offer_kg": rejected.offer_kg,
            "request_kg": rejected.request_kg,
            "facts": rejected.facts,
            "distance_m": rejected.distance_m,
            "words": rejected.words.each_ref().map(Confidential::reveal),
        })),
        "history": one.history.iter().map(step).collect::<Vec<_>>(),
    })
}

/// One day of the history; what did not change is left out.
fn step(step: &Step) -> Value {
    let said = [
        ("number", if step.number == 0 { Value::Null } else { json!(step.number) }),
        ("on", json!(step.on)),
        ("status", json!(step.status.map(Status::code))),
        ("quantity_kg", json!(step.quantity_kg)),
        ("reason", json!(step.reason.as_ref().map(Confidential::reveal))),
        ("note", json!(step.note.as_ref().map(Confidential::reveal))),
        ("agreed", step.agreed.map_or(Value::Null, agreed)),
    ];
    said.into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn agreed(sides: Agreed) -> Value {
    json!({ "offer": sides.offer, "request": sides.request })
}

fn parse_agreed(value: &Value) -> Agreed {
    Agreed { offer: value["offer"] == true, request: value["request"] == true }
}

/// What tells a side again; before it was noted, the words of a match that was given up do.
fn parse_party(value: &Value, given_up: &Value) -> Party {
    let names = value["names"].as_array().into_iter().flatten();
    let words = value["words"].as_str().or(given_up.as_str()).unwrap_or_default();
    Party {
        names: Confidential::new(names.filter_map(Value::as_str).map(str::to_owned).collect()),
        number: value["number"].as_str().map(str::to_owned),
        words: Confidential::new(words.to_owned()),
    }
}

fn parse_step(value: &Value) -> Option<Step> {
    let text = |key: &str| value[key].as_str().map(|text| Confidential::new(text.to_owned()));
    Some(Step {
        number: value["number"].as_u64().map_or(Some(0), |number| number.try_into().ok())?,
        on: value["on"].as_str().map(str::parse).transpose().ok()?,
        status: value["status"].as_str().map(str::parse).transpose().ok()?,
        quantity_kg: value["quantity_kg"].as_i64(),
        reason: text("reason"),
        note: text("note"),
        agreed: value.get("agreed").map(parse_agreed),
    })
}

fn parse(line: &str) -> Option<(String, FollowUp)> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let organisation = |key: &str| Some(OrgId(Confidential::new(text(key)?)));
    let optional = |key: &str| value[key].as_str();
    let history = value["history"].as_array()?.iter().map(parse_step);
    let written = |key: &str| Confidential::new(text(key).unwrap_or_default());
    let one = FollowUp {
        supplier: organisation("supplier")?,
        receiver: organisation("receiver")?,
        flow_type: text("type")?.parse::<FlowType>().ok()?,
        category: optional("category").map(str::parse).transpose().ok()?,
        destination: text("destination")?.parse::<Destination>().ok()?,
        status: optional("status").map(str::parse).transpose().ok()?,
        note: Confidential::new(text("note")?),
        quantity_kg: value["quantity_kg"].as_i64(),
        reason: written("reason"),
        agreed: parse_agreed(&value["agreed"]),
        unsettled: written("unsettled"),
        parties: [0_usize, 1]
            .map(|side| parse_party(&value["parties"][side], &value["rejected"]["words"][side])),
        rejected: match &value["rejected"] {
            Value::Null => None,
            rejected => Some(Rejected {
                offer_kg: rejected["offer_kg"].as_i64(),
                request_kg: rejected["request_kg"].as_i64(),
                facts: Rejected::coded(rejected["facts"].as_str()?),
                distance_m: rejected["distance_m"].as_i64(),
                words: [0_usize, 1].map(|side| {
                    let said = rejected["words"][side].as_str().unwrap_or_default();
                    Confidential::new(said.to_owned())
                }),
            }),
        },
        history: history.collect::<Option<_>>()?,
    };
    Some((text("id")?, one))
}

#[cfg(test)]
mod tests {
    use super::is_copy;

    #[test]
    fn a_copy_of_the_list_beside_it_is_told_and_the_list_and_locks_are_none() {
        for name in ["maillages (1).xlsx", "Copie de maillages.xlsx", "Maillages.XLSX", "maillages_nord.ods"]
        {
            assert!(is_copy(name), "{name}");
        }
        for name in [
            "maillages.xlsx",
            "maillages.xlsx.sha256",
            "suivi_maillages.jsonl",
            "~$maillages.xlsx",
            ".~lock.maillages.xlsx#",
            "quarantaine.xlsx",
        ] {
            assert!(!is_copy(name), "{name}");
        }
    }
}
