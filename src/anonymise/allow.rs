//! What may leave the named side, column by column.

use arrow::record_batch::RecordBatch;

/// Every column that the pseudonymous tables may hold. Anything else is refused, and a name
/// here that no table has is refused too, so the list is never longer than the truth.
pub const ALLOWED_COLUMNS: &[(&str, &[&str])] = &[
    ("entreprises", &["entreprise", "groupe", "parc", "secteur", "effectif"]),
    (
        "flux",
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
            "kg_an",
            "kg_an_bas",
            "kg_an_haut",
        ],
    ),
    (
        "maillages",
        &[
            "enregistrement",
            "groupe_extrant",
            "groupe_intrant",
            "parc_extrant",
            "parc_intrant",
            "type",
            "categorie",
            "note_milli",
            "kg_an_portefeuille",
        ],
    ),
    (
        "synergies",
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
            "kg_an",
            "kg_an_bas",
            "kg_an_haut",
        ],
    ),
];

/// A table and its allow-list disagree: a fault of the program, found before anything is computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the table `{table}` and the allow-list disagree on `{column}`\nhelp: review src/anonymise/allow.rs")]
pub struct NotAllowed {
    /// The table.
    pub table: String,
    /// The column that one of both lacks.
    pub column: String,
}

pub(super) fn check(table: &str, batch: &RecordBatch) -> Result<(), NotAllowed> {
    let disagree = |column: &str| Err(NotAllowed { table: table.to_owned(), column: column.to_owned() });
    let Some((_, allowed)) = ALLOWED_COLUMNS.iter().find(|(name, _)| *name == table) else {
        return disagree("*");
    };
    let schema = batch.schema();
    for field in schema.fields() {
        if !allowed.contains(&field.name().as_str()) {
            return disagree(field.name());
        }
    }
    match allowed.iter().find(|column| schema.field_with_name(column).is_err()) {
        Some(column) => disagree(column),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::engine::Columns;

    #[test]
    fn a_column_too_many_and_a_column_too_few_are_both_refused() {
        let base = || {
            let column = || [Some("x")];
            Columns::default()
                .text("entreprise", column())
                .text("groupe", column())
                .text("parc", column())
                .text("secteur", column())
        };
        let exact = base().text("effectif", [Some("x")]).build().unwrap();
        assert_eq!(check("entreprises", &exact), Ok(()));
        let few = base().build().unwrap();
        assert_eq!(check("entreprises", &few).unwrap_err().column, "effectif");
        let many = base().text("effectif", [Some("x")]).text("nom", [Some("x")]).build().unwrap();
        assert_eq!(check("entreprises", &many).unwrap_err().column, "nom");
        assert!(check("inconnue", &exact).is_err());
    }
}
