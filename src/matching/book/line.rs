//! One match with all that the sheets say of it, and whose page may show it.

use super::super::feasibility::{self, Feasibility};
use super::super::fill::{Agreed, Fill, agreed_label, label};
use super::super::flags::{self, Flags};
use super::super::follow_up::FollowUp;
use super::super::workbook::NamedMatches;
use super::cells::{Page, shown};
use crate::model::{
    Confidential, Confidentiality, Direction, Flow, Match, Missing, OrgId, Organisation, Park, ParkCode,
    Part, Reason,
};
use rust_xlsxwriter::XlsxError;
use std::collections::BTreeMap;

/// Companies and parks by their identity.
pub(in super::super) struct Directory<'a> {
    companies: BTreeMap<&'a OrgId, &'a Organisation>,
    parks: BTreeMap<&'a ParkCode, &'a Park>,
}

impl<'a> Directory<'a> {
    pub(in super::super) fn new(organisations: &'a [Organisation], parks: &'a [Park]) -> Self {
        let companies = organisations.iter().map(|one| (&one.id, one)).collect();
        let parks = parks.iter().map(|park| (&park.code, park)).collect();
        Self { companies, parks }
    }

    pub(super) fn company(&self, id: &OrgId) -> Option<&'a Organisation> {
        self.companies.get(id).copied()
    }

    pub(super) fn name(&self, id: &OrgId) -> &'a str {
        self.company(id).map_or("", |company| company.name.reveal().as_str())
    }

    /// The park of a flow, else of its company.
    pub(in super::super) fn park(&self, flow: &Flow) -> Option<&'a Park> {
        let code = flow.park.as_ref().or_else(|| self.company(&flow.organisation)?.park.as_ref())?;
        self.parks.get(code).copied()
    }

    /// Name, e-mail and telephone of whom to call.
    pub(super) fn contact(&self, id: &OrgId) -> String {
        let Some(company) = self.company(id) else { return String::new() };
        let parts = [company.contact.as_ref(), company.email.as_ref(), company.telephone.as_ref()];
        parts.map(shown).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}

/// A match that is listed.
pub(in super::super) struct Line<'a> {
    pub(super) id: &'a str,
    pub(super) found: &'a Match,
    pub(super) offer: &'a Flow,
    pub(super) request: &'a Flow,
    pub(super) follow_up: Option<&'a FollowUp>,
    pub(super) paid: Feasibility,
    pub(super) flags: Flags,
    pub(super) reasons: Vec<Reason>,
    pub(super) missing: Vec<Missing>,
    /// Thousandths, as [`super::super::Pair::chance_milli`].
    pub(super) chance_milli: Option<u16>,
}

/// Every listed match whose flows are known, best first.
pub(in super::super) fn lines<'a>(list: &NamedMatches<'a>) -> Vec<Line<'a>> {
    list.matches
        .iter()
        .filter_map(|(id, found)| {
            let (offer, request) = (list.known.flow(&found.offer)?, list.known.flow(&found.request)?);
            let (reasons, missing) = list.known.explain(found, list.settings);
            Some(Line {
                id,
                found,
                offer,
                request,
                follow_up: list.follow_ups.get(*id),
                paid: feasibility::feasibility(found, offer, request, list.settings, list.as_of),
                flags: flags::flags(found, offer, request, list.as_of),
                reasons,
                missing,
                chance_milli: list.known.chance_milli(found),
            })
        })
        .collect()
}

impl Line<'_> {
    /// Who let the confidential entry be shown.
    fn agreed(&self) -> Agreed {
        self.follow_up.map(|one| one.agreed).unwrap_or_default()
    }

    /// Whether the page of a side may show the match: the other side's entry is not confidential, or
    /// the other side agreed.
    pub(super) fn shows_to(&self, side: Direction) -> bool {
        let (other, agreed) = match side {
            Direction::Output => (self.request, self.agreed().request),
            Direction::Input => (self.offer, self.agreed().offer),
        };
        other.confidentiality != Confidentiality::Confidential || agreed
    }

    /// Whose consent is to be asked.
    pub(super) fn consent(&self) -> &'static str {
        // The page of the offer waits for the request, and the reverse.
        match (!self.shows_to(Direction::Input), !self.shows_to(Direction::Output)) {
            (true, true) => "à demander aux deux / ask both",
            (true, false) => "à demander à l’offre / ask the offer",
            (false, true) => "à demander à la demande / ask the request",
            (false, false) if is_confidential(self.offer) || is_confidential(self.request) => {
                "obtenu / given"
            }
            (false, false) => "",
        }
    }

    pub(super) fn score_percent(&self) -> i64 {
        i64::from(self.found.score_milli / 10)
    }

    pub(super) fn reason(&self, part: Part) -> String {
        let reason = self.reasons.iter().find(|reason| reason.part == part);
        reason.map(|reason| format!("{} / {}", reason.reason_fr, reason.reason_en)).unwrap_or_default()
    }

    pub(super) fn question(&self) -> String {
        let first = self.missing.first();
        first.map(|one| format!("{} / {}", one.question_fr, one.question_en)).unwrap_or_default()
    }

    /// Permit, research and programmes in one text.
    pub(super) fn to_plan(&self) -> String {
        let texts = flags::cells(&self.flags);
        let titles = ["Permis / Permit", "Recherche / Research", "Programmes"];
        let told = titles.iter().zip(&texts).filter(|(_, text)| !text.is_empty());
        told.map(|(title, text)| format!("{title} : {text}")).collect::<Vec<_>>().join("\n")
    }

    /// Writes the columns to fill with what is known.
    pub(super) fn fill(&self, page: &mut Page<'_>, row: u32) -> Result<(), XlsxError> {
        filled(page, row, self.follow_up)
    }

    /// Which facts changed since the match was given up; blank unless it was.
    pub(super) fn changed(&self) -> String {
        let rejected = self.follow_up.and_then(|one| one.rejected.as_ref());
        let now = ((self.offer, self.request), self.found.distance_m);
        let changes = rejected.map(|before| before.changes(now.0, now.1)).unwrap_or_default();
        if changes.is_empty() {
            return String::new();
        }
        let (french, english): (Vec<String>, Vec<String>) = changes.into_iter().unzip();
        format!("oui / yes : {} / {}", french.join(", "), english.join(", "))
    }
}

fn is_confidential(flow: &Flow) -> bool {
    flow.confidentiality == Confidentiality::Confidential
}

/// Writes every column to fill but the identifier.
pub(super) fn filled(page: &mut Page<'_>, row: u32, follow_up: Option<&FollowUp>) -> Result<(), XlsxError> {
    for (column, fill) in (0..).zip(Fill::ALL).skip(1) {
        let text = match fill {
            Fill::Status => follow_up.and_then(|one| one.status).map_or("", label),
            Fill::Note => shown(follow_up.map(|one| &one.note)),
            Fill::Reason => shown(follow_up.map(|one| &one.reason)),
            Fill::Agreed => follow_up.map_or("", |one| agreed_label(one.agreed)),
            Fill::Quantity | Fill::Identifier => "",
        };
        page.fill(row, column, text)?;
        if let (Fill::Quantity, Some(kg)) = (fill, follow_up.and_then(|one| one.quantity_kg)) {
            page.number_to_fill(row, column, kg)?;
        }
    }
    Ok(())
}

/// What was written, day by day.
pub(super) fn history(follow_up: Option<&FollowUp>) -> String {
    let steps = follow_up.map(|one| one.history.as_slice()).unwrap_or_default();
    let told = steps.iter().map(|step| {
        let text = |value: &Option<Confidential<String>>| value.as_ref().map(|text| text.reveal().clone());
        let said = [
            step.status.map(|status| label(status).to_owned()),
            step.quantity_kg.map(|kg| format!("{kg} kg/an")),
            step.agreed.map(|agreed| match agreed_label(agreed) {
                "" => "accord retiré".to_owned(),
                sides => format!("accord : {sides}"),
            }),
            text(&step.reason),
            text(&step.note),
        ];
        let day = step.on.map_or_else(|| "?".to_owned(), |day| day.to_string());
        format!("{day} : {}", said.into_iter().flatten().collect::<Vec<_>>().join(", "))
    });
    told.collect::<Vec<_>>().join("\n")
}
