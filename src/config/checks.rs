//! What a type cannot say about the settings: small named checks that report everything.

use super::impossible;
use super::locate::Step;
use super::report::{Report, SettingsError, suggestion};
use super::settings::{EVERY_COLUMN, Mapping, Settings, Source, dos_page};
use crate::model::{
    Attribution, Category, Confidentiality, Destination, Direction, Field, FlowType, Frequency, ParkCode,
    Part, Recurrence, State, Status, Workforce,
};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr as _;

/// Lists whose codes are known. Units and parks are free: `unite` and `parc`.
const LISTS: &[(&str, &[&str])] = &[
    ("sens", Direction::CODES),
    ("type", FlowType::CODES),
    ("categorie", Category::CODES),
    ("frequence", Frequency::CODES),
    ("etat", State::CODES),
    ("destination_actuelle", Destination::CODES),
    ("confidentialite", Confidentiality::CODES),
    ("statut", Status::CODES),
    ("recurrence", Recurrence::CODES),
    ("attribution", Attribution::CODES),
    ("effectif", Workforce::CODES),
    ("dangereux", &["oui", "non"]),
    ("unite", &[]),
    ("parc", &[]),
];

pub(super) fn settings(file: &str, text: &str, settings: &Settings) -> Vec<SettingsError> {
    let mut report = Report::new(file, text);
    name(&mut report, settings);
    languages(&mut report, settings);
    sources(&mut report, settings);
    parks(&mut report, settings);
    schedule(&mut report, settings);
    figures(&mut report, settings);
    publication(&mut report, settings);
    words(&mut report, &settings.words);
    impossible::settings(&mut report, settings);
    report.errors
}

pub(super) fn mapping(file: &str, text: &str, mapping: &Mapping) -> Vec<SettingsError> {
    let mut report = Report::new(file, text);
    for (header, field) in &mapping.columns {
        if Field::from_str(field).is_err() {
            report.value(
                &[Step::Key("columns"), Step::Key(header)],
                format!("`{field}` is not a field"),
                suggestion(field, Field::CODES),
            );
        }
    }
    for field in mapping.constants.keys() {
        if Field::from_str(field).is_err() {
            report.key(
                &[Step::Key("constants"), Step::Key(field)],
                format!("`{field}` is not a field"),
                suggestion(field, Field::CODES),
            );
        }
    }
    for (header, marks) in &mapping.numbers {
        if header != EVERY_COLUMN && !mapping.columns.contains_key(header) {
            report.key(
                &[Step::Key("numbers"), Step::Key(header)],
                format!("`{header}` is not a header of `columns`"),
                "write a header as `columns` has it, or `*` for all columns",
            );
        }
        let known = |mark: &str| matches!(mark, "." | "," | "'" | "’" | " " | "\u{a0}" | "\u{202f}");
        let grouped = marks.thousands.as_deref();
        if !matches!(marks.decimal.as_str(), "." | ",") {
            report.value(
                &[Step::Key("numbers"), Step::Key(header), Step::Key("decimal")],
                "a decimal mark is a comma or a point".to_owned(),
                "write `decimal = \",\"` or `decimal = \".\"`",
            );
        } else if grouped.is_some_and(|mark| !known(mark) || mark == marks.decimal) {
            report.value(
                &[Step::Key("numbers"), Step::Key(header), Step::Key("thousands")],
                "a mark between thousands is a point, a comma, an apostrophe or a space, and not the decimal mark"
                    .to_owned(),
                "write for example `thousands = \" \"`, or leave it out",
            );
        }
    }
    if mapping.year_pivot.is_some_and(|pivot| pivot > 99) {
        report.value(
            &[Step::Key("year_pivot")],
            "a year of two digits is between 0 and 99".to_owned(),
            "write for example `year_pivot = 70`: 69 is 2069 and 70 is 1970",
        );
    }
    if mapping.days_per_year.is_some_and(|days| !(1..=366).contains(&days)) {
        report.value(
            &[Step::Key("days_per_year")],
            "a year has between 1 and 366 days".to_owned(),
            "write for example `days_per_year = 260`: 52 weeks of 5 days",
        );
    }
    words(&mut report, &mapping.words);
    report.errors
}

fn name(report: &mut Report<'_>, settings: &Settings) {
    if ParkCode::new(&settings.name).is_none() {
        report.value(
            &[Step::Key("name")],
            format!("`{}` cannot name a folder of the state", settings.name),
            "use lower-case letters, digits and `-`",
        );
    }
}

fn languages(report: &mut Report<'_>, settings: &Settings) {
    let mut seen = BTreeSet::new();
    for (position, language) in settings.languages.iter().enumerate() {
        if !["fr", "en"].contains(&language.as_str()) || !seen.insert(language) {
            report.value(
                &[Step::Key("languages"), Step::Item(position)],
                format!("the language `{language}` is unknown or given twice"),
                "write `fr`, `en` or both",
            );
        }
    }
    if settings.languages.is_empty() {
        report.value(
            &[Step::Key("languages")],
            "no language is given".to_owned(),
            "write `[\"fr\", \"en\"]`",
        );
    }
}

fn sources(report: &mut Report<'_>, settings: &Settings) {
    let mut seen = BTreeSet::new();
    if settings.sources.is_empty() {
        report.value(&[Step::Key("sources")], "no source is given".to_owned(), "add a `[[sources]]` table");
    }
    for (position, source) in settings.sources.iter().enumerate() {
        let at = |key| [Step::Key("sources"), Step::Item(position), Step::Key(key)];
        if ParkCode::new(&source.name).is_none() {
            report.value(
                &at("name"),
                format!("`{}` cannot be the name of a source", source.name),
                "use lower-case letters, digits and `-`",
            );
        } else if !seen.insert(&source.name) {
            report.value(
                &at("name"),
                format!("the name `{}` is that of another source", source.name),
                "give every source its own name",
            );
        }
        let given = [!source.files.is_empty(), source.http.is_some(), source.platform.is_some()];
        if given.into_iter().filter(|given| *given).count() != 1 {
            report.value(
                &[Step::Key("sources"), Step::Item(position)],
                format!("the source `{}` needs either `files` or `http` or `platform`", source.name),
                "keep exactly one of them",
            );
        }
        for (item, pattern) in source.files.iter().enumerate() {
            if let Err(error) = glob::Pattern::new(pattern) {
                let path = [Step::Key("sources"), Step::Item(position), Step::Key("files"), Step::Item(item)];
                report.value(
                    &path,
                    format!("`{pattern}` is not a pattern: {}", error.msg),
                    "close every `[`",
                );
            }
        }
        if source.header_rows.is_some_and(|rows| !(1..=3).contains(&rows)) {
            report.value(&at("header_rows"), "a header has 1 to 3 rows".to_owned(), "write 1, 2 or 3");
        }
        text(report, position, source);
        pointers(report, position, source);
    }
}

fn text(report: &mut Report<'_>, position: usize, source: &Source) {
    let at = |key| [Step::Key("sources"), Step::Item(position), Step::Key("text"), Step::Key(key)];
    let form = &source.text;
    let characters = [
        ("delimiter", &form.delimiter, false),
        ("quote", &form.quote, true),
        ("escape", &form.escape, false),
    ];
    for (key, value, may_be_empty) in characters {
        let fits = |text: &str| {
            text.len() == 1 && text.is_ascii()
                || text == "tab"
                || text == "\\t"
                || (may_be_empty && text.is_empty())
        };
        if value.as_deref().is_some_and(|text| !fits(text)) {
            report.value(
                &at(key),
                format!("`{key}` is one ASCII character"),
                "write for example `;` or `tab`",
            );
        }
    }
    if let Some(label) = &form.encoding
        && dos_page(label).is_none()
        && encoding_rs::Encoding::for_label(label.as_bytes()).is_none()
    {
        report.value(
            &at("encoding"),
            format!("`{label}` is not an encoding"),
            "write for example `utf-8`, `windows-1252`, `macintosh`, `cp850` or `cp863`",
        );
    }
}

fn pointers(report: &mut Report<'_>, position: usize, source: &Source) {
    let http = source.http.as_ref();
    for (keys, pointer) in [
        (vec!["pointer"], source.pointer.as_deref()),
        (vec!["http", "count_pointer"], http.and_then(|http| http.count_pointer.as_deref())),
        (vec!["http", "paging", "pointer"], http.and_then(|http| http.paging.as_ref()?.pointer())),
    ] {
        let wrong = pointer.filter(|pointer| !pointer.is_empty() && !pointer.starts_with('/'));
        let Some(pointer) = wrong else { continue };
        let at = [Step::Key("sources"), Step::Item(position)];
        let path: Vec<Step<'_>> = at.into_iter().chain(keys.into_iter().map(Step::Key)).collect();
        report.value(
            &path,
            format!("`{pointer}` is not a JSON pointer"),
            format!("write `/{}`", pointer.replace('.', "/")),
        );
    }
}

fn parks(report: &mut Report<'_>, settings: &Settings) {
    let mut seen = BTreeSet::new();
    for (position, park) in settings.parks.iter().enumerate() {
        let at = |key| [Step::Key("parks"), Step::Item(position), Step::Key(key)];
        let reserved = ["inconnu", "total"].contains(&park.code.as_str());
        if ParkCode::new(&park.code).is_none() || reserved || !seen.insert(&park.code) {
            report.value(
                &at("code"),
                format!("the park code `{}` is malformed, reserved or given twice", park.code),
                "use lower-case letters, digits and `-`, once",
            );
        }
        if !(-90.0..=90.0).contains(&park.latitude) {
            report.value(
                &at("latitude"),
                "a latitude is between -90 and 90".to_owned(),
                "write degrees north",
            );
        }
        if !(-180.0..=180.0).contains(&park.longitude) {
            report.value(
                &at("longitude"),
                "a longitude is between -180 and 180".to_owned(),
                "write degrees east",
            );
        }
    }
}

fn schedule(report: &mut Report<'_>, settings: &Settings) {
    let Some(schedule) = &settings.schedule else { return };
    if croner::Cron::from_str(&schedule.cron).is_err() {
        report.value(
            &[Step::Key("schedule"), Step::Key("cron")],
            format!("`{}` is not a schedule", schedule.cron),
            "write minute, hour, day, month and weekday, for example `30 2 * * *`",
        );
    }
    if schedule.zone.parse::<chrono_tz::Tz>().is_err() {
        report.value(
            &[Step::Key("schedule"), Step::Key("zone")],
            format!("`{}` is not an IANA time zone", schedule.zone),
            "write for example `America/Toronto`",
        );
    }
}

fn figures(report: &mut Report<'_>, settings: &Settings) {
    let policy = &settings.disclosure;
    if policy.minimum_contributors < 2 {
        report.value(
            &[Step::Key("disclosure"), Step::Key("minimum_contributors")],
            "fewer than 2 contributors protect nobody".to_owned(),
            "write 3 or more",
        );
    }
    if !(1..=100).contains(&policy.p_percent) {
        report.value(
            &[Step::Key("disclosure"), Step::Key("p_percent")],
            "p is a share between 1 and 100".to_owned(),
            "write for example 15",
        );
    }
    for part in settings.matching.weights.keys() {
        if Part::from_str(part).is_err() {
            report.key(
                &[Step::Key("matching"), Step::Key("weights"), Step::Key(part)],
                format!("`{part}` is not a part of the score"),
                suggestion(part, Part::CODES),
            );
        }
    }
    for category in settings.matching.treatment_cents_t.keys() {
        if Category::from_str(category).is_err() {
            report.key(
                &[Step::Key("matching"), Step::Key("treatment_cents_t"), Step::Key(category)],
                format!("`{category}` is not a category"),
                suggestion(category, Category::CODES),
            );
        }
    }
    for (position, limit) in settings.limits.findings.iter().enumerate() {
        if limit.count.is_none() == limit.percent.is_none() {
            report.value(
                &[Step::Key("limits"), Step::Key("findings"), Step::Item(position)],
                "a limit on findings is a number or a share".to_owned(),
                "write `count` or `percent`, one of both",
            );
        }
    }
    let shares = [
        ("matching", "minimum_score_percent", settings.matching.minimum_score_percent),
        ("matching", "potential_material_percent", settings.matching.potential_material_percent),
        ("matching", "precedents_percent", settings.matching.precedents_percent),
        ("limits", "rejected_percent", settings.limits.rejected_percent),
        ("limits", "warning_percent", settings.limits.warning_percent),
    ];
    for (table, key, share) in shares {
        if share > 100 {
            report.value(
                &[Step::Key(table), Step::Key(key)],
                format!("`{key}` is a share of 100"),
                "write 0 to 100",
            );
        }
    }
}

fn publication(report: &mut Report<'_>, settings: &Settings) {
    let base = &settings.publication.base_url;
    if !(base.starts_with("https://") || base.starts_with("http://")) || !base.ends_with('/') {
        report.value(
            &[Step::Key("publication"), Step::Key("base_url")],
            "the address of the portal is incomplete".to_owned(),
            "write `https://…/` with the slash at the end",
        );
    }
}

fn words(report: &mut Report<'_>, words: &BTreeMap<String, BTreeMap<String, String>>) {
    let lists: Vec<&str> = LISTS.iter().map(|(list, _)| *list).collect();
    for (list, entries) in words {
        let Some((_, codes)) = LISTS.iter().find(|(known, _)| known == list) else {
            report.key(
                &[Step::Key("words"), Step::Key(list)],
                format!("`{list}` is not a list of codes"),
                suggestion(list, &lists),
            );
            continue;
        };
        for (word, code) in entries {
            if !codes.is_empty() && !codes.contains(&code.as_str()) {
                report.value(
                    &[Step::Key("words"), Step::Key(list), Step::Key(word)],
                    format!("`{code}` is not a code of `{list}`"),
                    suggestion(code, codes),
                );
            }
        }
    }
}
