//! The pseudonymous Arrow tables that models may read.

use super::records::Attributed;
use super::{NotAllowed, Pseudonyms, allow};
use crate::engine::Columns;
use crate::model::{Flow, FlowId, Mass, Match, OrgId, Organisation, Synergy};
use arrow::record_batch::RecordBatch;
use std::collections::BTreeMap;

/// Tables without names, by their name in SQL. Rows are sorted by pseudonym, so the order
/// says nothing about the order of arrival.
pub type Pseudonymous = BTreeMap<&'static str, RecordBatch>;

const UNKNOWN: &str = "inconnu";

/// Pseudonym of all who are no company of tonight: one contributor, who may be any other (disclosure control
/// is told), so that it never makes a cell publishable.
#[must_use]
pub fn unknown_group(pseudonyms: &Pseudonyms) -> String {
    pseudonyms.of("groupe", UNKNOWN)
}

/// Replaces identities by pseudonyms, places by parks, sectors by two digits.
///
/// # Errors
/// When a table and the allow-list disagree.
pub fn anonymise(
    organisations: &[Organisation],
    flows: &[Flow],
    matches: impl IntoIterator<Item = Match>,
    synergies: &[Synergy],
    pseudonyms: &Pseudonyms,
) -> Result<Pseudonymous, NotAllowed> {
    let coarse = Coarse::new(organisations, pseudonyms);
    let tables = [
        ("entreprises", coarse.companies(flows)),
        ("flux", coarse.flows(flows)),
        ("maillages", coarse.matches(matches, flows)),
        ("synergies", coarse.synergies(synergies)),
    ];
    let mut checked = Pseudonymous::new();
    for (name, table) in tables {
        let table = table
            .build()
            .map_err(|_| NotAllowed { table: name.to_owned(), column: "(lengths differ)".to_owned() })?;
        allow::check(name, &table)?;
        checked.insert(name, table);
    }
    Ok(checked)
}

/// Every pseudonym of the tables, for the leak gate: none of them is ever published.
pub fn pseudonyms(tables: &Pseudonymous) -> impl Iterator<Item = &str> {
    use arrow::array::AsArray as _;
    tables.values().flat_map(|table| {
        let schema = table.schema_ref().fields().iter().zip(table.columns());
        let keyed = schema.filter(|(field, _)| {
            let name = field.name();
            name == "enregistrement" || name == "entreprise" || name.starts_with("groupe")
        });
        keyed.flat_map(|(_, column)| column.as_string_opt::<i32>().into_iter().flatten().flatten())
    })
}

pub(super) struct Coarse<'a> {
    by_id: BTreeMap<&'a OrgId, &'a Organisation>,
    pseudonyms: &'a Pseudonyms,
}

impl<'a> Coarse<'a> {
    pub(super) fn new(organisations: &'a [Organisation], pseudonyms: &'a Pseudonyms) -> Self {
        let by_id = organisations.iter().map(|organisation| (&organisation.id, organisation)).collect();
        Self { by_id, pseudonyms }
    }
}

impl Coarse<'_> {
    /// What could be told of a flow in a record of its own.
    pub(super) fn attributed(&self, flow: &Flow) -> Attributed {
        let workforce = self.by_id.get(&flow.organisation).and_then(|organisation| organisation.workforce);
        let attributes = [
            self.park(flow),
            flow.category.map_or(UNKNOWN, |category| category.code()).to_owned(),
            flow.direction.code().to_owned(),
            workforce.map_or(UNKNOWN, |band| band.code()).to_owned(),
            flow.frequency.map_or(UNKNOWN, |frequency| frequency.code()).to_owned(),
            self.sector(&flow.organisation),
        ];
        let quantity = flow.mass.map_or(UNKNOWN, |mass| band(mass.best_kg()));
        (attributes, self.group(&flow.organisation), quantity.to_owned())
    }

    fn group(&self, id: &OrgId) -> String {
        match self.by_id.get(id) {
            Some(organisation) => self.pseudonyms.of("groupe", organisation.group.0.reveal()),
            None => unknown_group(self.pseudonyms),
        }
    }

    fn park(&self, flow: &Flow) -> String {
        let own = flow.park.as_ref();
        let park = own.or_else(|| self.by_id.get(&flow.organisation)?.park.as_ref());
        park.map_or(UNKNOWN, |park| park.as_str()).to_owned()
    }

    fn sector(&self, id: &OrgId) -> String {
        let sector = self.by_id.get(id).and_then(|organisation| organisation.sector.as_ref());
        sector.and_then(|digits| digits.reveal().get(..2)).unwrap_or(UNKNOWN).to_owned()
    }

    fn companies(&self, flows: &[Flow]) -> Columns {
        let active: std::collections::BTreeSet<&OrgId> =
            flows.iter().map(|flow| &flow.organisation).collect();
        let mut rows: Vec<[String; 5]> = active
            .into_iter()
            .filter_map(|id| self.by_id.get(id))
            .map(|organisation| {
                [
                    self.pseudonyms.of("organisation", organisation.id.0.reveal()),
                    self.group(&organisation.id),
                    organisation.park.as_ref().map_or(UNKNOWN, |park| park.as_str()).to_owned(),
                    self.sector(&organisation.id),
                    organisation.workforce.map_or(UNKNOWN, |band| band.code()).to_owned(),
                ]
            })
            .collect();
        rows.sort();
        text_columns(&["entreprise", "groupe", "parc", "secteur", "effectif"], &rows)
    }

    fn flows(&self, flows: &[Flow]) -> Columns {
        let mut rows: Vec<(String, &Flow)> =
            flows.iter().map(|flow| (self.pseudonyms.of("flux", flow.id.0.reveal()), flow)).collect();
        rows.sort_by(|left, right| left.0.cmp(&right.0));
        let texts: Vec<[String; 14]> = rows
            .iter()
            .map(|(pseudonym, flow)| {
                [
                    pseudonym.clone(),
                    self.pseudonyms.of("organisation", flow.organisation.0.reveal()),
                    self.group(&flow.organisation),
                    self.park(flow),
                    self.sector(&flow.organisation),
                    flow.direction.code().to_owned(),
                    flow.flow_type.code().to_owned(),
                    flow.category.map_or(UNKNOWN, |category| category.code()).to_owned(),
                    flow.material_codes.first().map_or(UNKNOWN, String::as_str).to_owned(),
                    flow.state.map_or(UNKNOWN, |state| state.code()).to_owned(),
                    flow.hazardous.map_or(UNKNOWN, |yes| if yes { "oui" } else { "non" }).to_owned(),
                    flow.destination.code().to_owned(),
                    flow.frequency.map_or(UNKNOWN, |frequency| frequency.code()).to_owned(),
                    flow.mass.map_or(UNKNOWN, |mass| band(mass.best_kg())).to_owned(),
                ]
            })
            .collect();
        text_columns(
            &[
                "enregistrement",
                "entreprise",
                "groupe",
                "parc",
                "secteur",
                "sens",
                "type",
                "categorie",
                "matiere",
                "etat",
                "dangereux",
                "destination",
                "frequence",
                "tranche",
            ],
            &texts,
        )
        .integer("kg_an", rows.iter().map(|(_, flow)| flow.mass.map(Mass::best_kg)))
        .integer("kg_an_bas", rows.iter().map(|(_, flow)| flow.mass.map(Mass::low_kg)))
        .integer("kg_an_haut", rows.iter().map(|(_, flow)| flow.mass.map(Mass::high_kg)))
    }

    fn matches(&self, matches: impl IntoIterator<Item = Match>, flows: &[Flow]) -> Columns {
        let flows: BTreeMap<&FlowId, &Flow> = flows.iter().map(|flow| (&flow.id, flow)).collect();
        // What cannot be (excluded as hazardous, never at one time) and what shares only its category is
        // for the animators alone.
        let mut rows: Vec<([String; 7], i64, Option<i64>)> = matches
            .into_iter()
            .filter(Match::is_potential)
            .filter_map(|found| {
                let (offer, request) = (flows.get(&found.offer)?, flows.get(&found.request)?);
                let key = format!("{}\u{0}{}", found.offer.0.reveal(), found.request.0.reveal());
                let category = offer.category.or(request.category);
                let texts = [
                    self.pseudonyms.of("maillage", &key),
                    self.group(&offer.organisation),
                    self.group(&request.organisation),
                    self.park(offer),
                    self.park(request),
                    offer.flow_type.code().to_owned(),
                    category.map_or(UNKNOWN, |category| category.code()).to_owned(),
                ];
                Some((texts, i64::from(found.score_milli), found.planned_kg))
            })
            .collect();
        rows.sort();
        let texts: Vec<[String; 7]> = rows.iter().map(|(texts, _, _)| texts.clone()).collect();
        text_columns(
            &[
                "enregistrement",
                "groupe_extrant",
                "groupe_intrant",
                "parc_extrant",
                "parc_intrant",
                "type",
                "categorie",
            ],
            &texts,
        )
        .integer("note_milli", rows.iter().map(|(_, score, _)| Some(*score)))
        .integer("kg_an_portefeuille", rows.iter().map(|(_, _, kg)| *kg))
    }

    fn synergies(&self, synergies: &[Synergy]) -> Columns {
        let side =
            |id: Option<&OrgId>| id.map_or_else(|| unknown_group(self.pseudonyms), |id| self.group(id));
        let mut rows: Vec<([String; 9], &Synergy)> = synergies
            .iter()
            .map(|synergy| {
                let texts = [
                    self.pseudonyms.of("synergie", synergy.id.0.reveal()),
                    side(synergy.supplier.as_ref()),
                    side(synergy.receiver.as_ref()),
                    synergy.status.code().to_owned(),
                    synergy.flow_type.code().to_owned(),
                    synergy.category.map_or(UNKNOWN, |category| category.code()).to_owned(),
                    synergy.previous_destination.code().to_owned(),
                    synergy.recurrence.map_or(UNKNOWN, |recurrence| recurrence.code()).to_owned(),
                    synergy.attribution.map_or(UNKNOWN, |class| class.code()).to_owned(),
                ];
                (texts, synergy)
            })
            .collect();
        rows.sort_by(|left, right| left.0.cmp(&right.0));
        let texts: Vec<[String; 9]> = rows.iter().map(|(texts, _)| texts.clone()).collect();
        text_columns(
            &[
                "enregistrement",
                "groupe_fournisseur",
                "groupe_receveur",
                "statut",
                "type",
                "categorie",
                "destination",
                "recurrence",
                "attribution",
            ],
            &texts,
        )
        .integer("kg_an", rows.iter().map(|(_, synergy)| synergy.mass.map(Mass::best_kg)))
        .integer("kg_an_bas", rows.iter().map(|(_, synergy)| synergy.mass.map(Mass::low_kg)))
        .integer("kg_an_haut", rows.iter().map(|(_, synergy)| synergy.mass.map(Mass::high_kg)))
    }
}

/// Quantity bands, kg a year: tenfold steps.
fn band(kg: i64) -> &'static str {
    match kg {
        ..1_000 => "moins de 1 t",
        1_000..10_000 => "1 a 10 t",
        10_000..100_000 => "10 a 100 t",
        100_000..1_000_000 => "100 a 1000 t",
        _ => "1000 t et plus",
    }
}

fn text_columns<const N: usize>(names: &[&str; N], rows: &[[String; N]]) -> Columns {
    names.iter().enumerate().fold(Columns::default(), |columns, (position, name)| {
        columns.text(name, rows.iter().map(|row| Some(row[position].as_str())))
    })
}
