//! Settings that are well-formed and cannot work: each at its line, with what to write.

use super::locate::Step;
use super::platform::{Authentication, Http, Paging, Platform};
use super::report::Report;
use super::secrets::is_secret;
use super::settings::{Matching, Settings, Source};
use crate::model::fold;
use chrono::{DateTime, Utc};
use reqwest::Url;
use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::str::FromStr as _;

/// Least memory in which a workbook is read or a model runs at all, MiB.
const LEAST_MIB: u32 = 64;
/// Most days for which a night may count: new values then come more than a year apart.
const MOST_HISTORY_DAYS: u32 = 3_650;

pub(super) fn settings(report: &mut Report<'_>, settings: &Settings) {
    for (position, source) in settings.sources.iter().enumerate() {
        let at = [Step::Key("sources"), Step::Item(position)];
        files(report, &at, source);
        if let Some(http) = &source.http {
            platform(report, &at, http);
        }
        if let Some(known) = &source.platform {
            preset(report, &at, known);
        }
    }
    parks(report, settings);
    figures(report, settings);
    due(report, settings);
    publication(report, settings);
}

fn below<'a>(at: &[Step<'a>], more: &[Step<'a>]) -> Vec<Step<'a>> {
    at.iter().chain(more).copied().collect()
}

fn files(report: &mut Report<'_>, at: &[Step<'_>], source: &Source) {
    for (item, entry) in source.files.iter().enumerate() {
        let inside = Path::new(entry)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside || entry.is_empty() {
            report.value(
                &below(at, &[Step::Key("files"), Step::Item(item)]),
                format!("`{entry}` is not below the folder of the pipeline"),
                "put the files there, or a symbolic link to their folder, and write for example `inputs/*.xlsx`",
            );
        }
    }
    if source.header_row == Some(0) {
        let at = below(at, &[Step::Key("header_row")]);
        report.value(&at, "rows are counted from 1".to_owned(), "write 1 for the first row, or leave it out");
    }
}

fn preset(report: &mut Report<'_>, at: &[Step<'_>], known: &Platform) {
    let site = below(at, &[Step::Key("platform"), Step::Key("site")]);
    if is_complete(known.site()) {
        open_address(report, &site, known.site());
    } else {
        report.secret(
            &site,
            "the address is not complete".to_owned(),
            "write for example `https://www.donneesquebec.ca/recherche`",
        );
    }
    if let Platform::CkanDatastore { page, .. } = known
        && !(1..=32_000).contains(page)
    {
        report.value(
            &below(at, &[Step::Key("platform"), Step::Key("page")]),
            "a page of a CKAN datastore holds 1 to 32000 records".to_owned(),
            "write for example 5000",
        );
    }
    if let Platform::MicrosoftGraph { download_hosts, .. } = known {
        hosts(report, &below(at, &[Step::Key("platform")]), download_hosts);
    }
}

/// Hosts are compared with those of addresses.
fn hosts(report: &mut Report<'_>, at: &[Step<'_>], declared: &[String]) {
    for (item, host) in declared.iter().enumerate() {
        if !is_host(host.strip_prefix("*.").unwrap_or(host)) {
            report.value(
                &below(at, &[Step::Key("download_hosts"), Step::Item(item)]),
                "this is not a host".to_owned(),
                "write it without scheme, port and path, for example `*.sharepoint.com`",
            );
        }
    }
}

fn is_host(text: &str) -> bool {
    let plain = text.to_lowercase();
    !text.contains('*')
        && Url::parse(&format!("https://{text}")).is_ok_and(|url| url.host_str() == Some(plain.as_str()))
}

fn is_complete(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// An address holds neither a user nor a secret; what it holds is not shown.
fn open_address(report: &mut Report<'_>, at: &[Step<'_>], address: &str) {
    let Ok(url) = Url::parse(address) else { return };
    let has_secret = url.query_pairs().any(|(key, _)| is_secret(&key));
    if has_secret || !url.username().is_empty() || url.password().is_some() {
        report.secret(
            at,
            "the address holds a user or a secret".to_owned(),
            "take it out; `authentication` names the environment variable that holds the secret",
        );
    }
}

fn platform(report: &mut Report<'_>, at: &[Step<'_>], http: &Http) {
    let at = below(at, &[Step::Key("http")]);
    let url = below(&at, &[Step::Key("url")]);
    if !is_complete(&http.url) {
        report.secret(
            &url,
            "the address is not complete".to_owned(),
            "write for example `https://plateforme.example/api/flux`",
        );
    }
    open_address(report, &url, &http.url);
    if let Some(Authentication::ClientCredentials { token_url, .. }) = &http.authentication {
        let token_url_at = below(&at, &[Step::Key("authentication"), Step::Key("token_url")]);
        open_address(report, &token_url_at, token_url);
    }
    let zeros = [
        ("connect_seconds", http.connect_seconds == 0),
        ("total_seconds", http.total_seconds == 0),
        ("maximum_bytes", http.maximum_bytes == 0),
        ("maximum_pages", http.maximum_pages == 0),
    ];
    for (key, _) in zeros.into_iter().filter(|(_, zero)| *zero) {
        report.value(
            &below(&at, &[Step::Key(key)]),
            format!("with `{key}` at 0 nothing can arrive"),
            "write 1 or more",
        );
    }
    hosts(report, &at, &http.download_hosts);
    if let Some(Paging::Offset { limit: 0, .. }) = http.paging {
        let limit = below(&at, &[Step::Key("paging"), Step::Key("limit")]);
        report.value(&limit, "pages of 0 records never end".to_owned(), "write for example 100");
    }
}

/// A spelling belongs to one park, and a park lies where its signs say.
fn parks(report: &mut Report<'_>, settings: &Settings) {
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    for (position, park) in settings.parks.iter().enumerate() {
        let at = [Step::Key("parks"), Step::Item(position)];
        let names = [("code", &park.code), ("name", &park.name.fr), ("name", &park.name.en)];
        let names = names.into_iter().map(|(key, text)| (vec![Step::Key(key)], text));
        let aliases = park.aliases.iter().enumerate();
        let aliases = aliases.map(|(item, text)| (vec![Step::Key("aliases"), Step::Item(item)], text));
        for (step, text) in names.chain(aliases) {
            let owner = *owners.entry(fold(text)).or_insert(position);
            if owner != position && step != [Step::Key("code")] {
                let other = &settings.parks[owner].code;
                report.value(
                    &below(&at, &step),
                    format!("`{text}` already names the park `{other}`: rows could be of either"),
                    "give each spelling to one park",
                );
            }
        }
        // The same degrees east of Greenwich lie in the Urals and Kazakhstan: a sign was lost.
        if (44.0..=63.0).contains(&park.latitude) && (57.0..=80.0).contains(&park.longitude) {
            report.value(
                &below(&at, &[Step::Key("longitude")]),
                "the longitude has lost its sign: in Québec it is negative".to_owned(),
                format!("write `-{}`", park.longitude),
            );
        }
    }
}

fn figures(report: &mut Report<'_>, settings: &Settings) {
    let (matching, limits) = (&settings.matching, &settings.limits);
    let least = [
        ("matching", "top_per_flow", Some(matching.top_per_flow), 1),
        ("matching", "radius_km", Some(matching.radius_km), 1),
        ("matching", "pool_load_kg", Some(matching.pool_load_kg), 1),
        ("matching", "pool_radius_km", Some(matching.pool_radius_km), 1),
        ("matching", "start_years", Some(matching.start_years), 1),
        ("indicators", "objective", Some(settings.indicators.objective), 1),
        ("limits", "workbook_cells", Some(u32::try_from(limits.workbook_cells).unwrap_or(u32::MAX)), 1),
        ("limits", "workbook_memory_mib", Some(limits.workbook_memory_mib), LEAST_MIB),
        ("limits", "workbook_seconds", Some(limits.workbook_seconds), 1),
        ("limits", "file_mib", Some(limits.file_mib), 1),
        ("limits", "threads", limits.threads, 1),
        ("limits", "engine_memory_mib", Some(limits.engine_memory_mib), LEAST_MIB),
        ("limits", "keep_releases", limits.keep_releases, 1),
    ];
    for (table, key, value, least) in least {
        if let Some(value) = value.filter(|value| *value < least) {
            report.value(
                &[Step::Key(table), Step::Key(key)],
                format!("with `{key}` at {value} nothing can work"),
                format!("write {least} or more, or leave it out"),
            );
        }
    }
    let days = settings.disclosure.history_days;
    if days > MOST_HISTORY_DAYS {
        report.value(
            &[Step::Key("disclosure"), Step::Key("history_days")],
            format!("with `history_days` at {days} new values would come years apart"),
            format!("write {MOST_HISTORY_DAYS} or less, for example 365"),
        );
    }
    if matching.weights.values().all(|weight| *weight == 0) {
        report.value(
            &[Step::Key("matching"), Step::Key("weights")],
            "every weight is 0: no pair has a score".to_owned(),
            "give at least one part a weight, or leave `weights` out",
        );
    }
    prices(report, matching);
}

/// Intervals of prices whose ends are exchanged.
fn prices(report: &mut Report<'_>, matching: &Matching) {
    let single = [
        ("transport_cents_t_km", matching.transport_cents_t_km),
        ("load_cents", matching.load_cents),
        ("start_cents", matching.start_cents),
        ("operator_detour_km", matching.operator_detour_km),
    ];
    let by_category = matching.treatment_cents_t.iter().map(|(category, price)| {
        (vec![Step::Key("treatment_cents_t"), Step::Key(category.as_str())], *price)
    });
    let single = single.into_iter().filter_map(|(key, price)| Some((vec![Step::Key(key)], price?)));
    for (place, [low, high]) in single.chain(by_category) {
        if low > high {
            report.value(
                &below(&[Step::Key("matching")], &place),
                "the lowest price is above the highest".to_owned(),
                format!("write `[{high}, {low}]`"),
            );
        }
    }
}

/// A schedule that no day ever meets, as the thirtieth of February.
fn due(report: &mut Report<'_>, settings: &Settings) {
    let Some(schedule) = &settings.schedule else { return };
    let Ok(cron) = croner::Cron::from_str(&schedule.cron) else { return };
    if cron.find_next_occurrence(&DateTime::<Utc>::UNIX_EPOCH, true).is_err() {
        report.value(
            &[Step::Key("schedule"), Step::Key("cron")],
            format!("`{}` never comes due", schedule.cron),
            "write a day that exists, for example `30 2 * * *`",
        );
    }
}

fn publication(report: &mut Report<'_>, settings: &Settings) {
    let published = &settings.publication;
    for (key, text, example) in [
        ("publisher", &published.publisher, "the name of the body that publishes"),
        ("licence", &published.licence, "for example `CC-BY-4.0`"),
    ] {
        if text.trim().is_empty() {
            report.value(
                &[Step::Key("publication"), Step::Key(key)],
                format!("`{key}` is empty, and readers must know it"),
                format!("write {example}"),
            );
        }
    }
    let page = |text: &str| {
        Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    };
    if !page(&published.licence_url) {
        report.value(
            &[Step::Key("publication"), Step::Key("licence_url")],
            "the address of the licence is not that of a page".to_owned(),
            "write for example `https://creativecommons.org/licenses/by/4.0/`",
        );
    }
    let mailbox =
        published.contact.trim_start_matches("mailto:").split_once('@').is_some_and(|(user, domain)| {
            let plain = |part: &str| !part.is_empty() && !part.contains([' ', ':', '/', '@', '<', '>', '"']);
            plain(user) && plain(domain) && domain.contains('.')
        });
    if !page(&published.contact) && !mailbox {
        report.value(
            &[Step::Key("publication"), Step::Key("contact")],
            "the contact is neither a page nor a mailbox".to_owned(),
            "write `https://…` or the address of a shared mailbox",
        );
    }
}
