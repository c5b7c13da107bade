//! The report on anonymisation, for the person who signs: the three criteria of Québec's regulation
//! respecting the anonymization of personal information (A-2.1, r. 0.1), and why no single record
//! is released.

use super::{Exit, Failure};
use crate::anonymise::{self, FARTHEST, FEWEST_GROUPS, FEWEST_VALUES, Level, Pseudonyms};
use crate::certificate::Verified;
use crate::normalise::Normalised;
use crate::store::{State, StateFile};
use std::fmt::Write as _;

/// Writes the report to the private state.
///
/// # Errors
/// When it cannot be written.
pub(super) fn keep(
    state: &State,
    normalised: &Normalised,
    pseudonyms: &Pseudonyms,
    verified: &Verified,
) -> Result<(), Failure> {
    let (records, levels) = anonymise::levels(&normalised.organisations, &normalised.flows, pseudonyms);
    let report = report(records, &levels, verified);
    state
        .write(StateFile::Anonymisation, report.as_bytes())
        .map_err(|error| Failure::new(Exit::Failed, &error))
}

/// The report in Markdown, French first. Private: it says how close a record is to its company.
fn report(records: usize, levels: &[Level], verified: &Verified) -> String {
    let fits = levels.iter().find(|level| level.is_anonymous());
    let mut text = String::from("# Rapport d’anonymisation / Anonymisation report\n\n");
    let verdict = match (records, fits) {
        (0, _) => {
            ["Aucun enregistrement : rien à publier.".to_owned(), "No record: nothing to release.".to_owned()]
        }
        (_, None) => [
            format!(
                "**`flux_anonymises` n’est pas publié** : à aucun niveau de détail les {records} enregistrements ne cachent leurs entreprises (il faudrait au moins {FEWEST_GROUPS} groupes et {FEWEST_VALUES} tranches de quantité par combinaison, à une distance d’au plus {FARTHEST} ‰)."
            ),
            format!(
                "**`flux_anonymises` is not released**: at no level of detail do the {records} records hide their companies (at least {FEWEST_GROUPS} groups and {FEWEST_VALUES} bands of quantity for each combination would be needed, at a distance of at most {FARTHEST} ‰)."
            ),
        ],
        (_, Some(level)) => {
            let kept = level.attributes.join(", ");
            [
                format!(
                    "**`flux_anonymises` n’est pas publié** : les enregistrements réduits à {kept} passeraient k, l et t, mais ne font pas partie de la preuve commune avec les tableaux."
                ),
                format!(
                    "**`flux_anonymises` is not released**: records reduced to {kept} would pass k, l and t, but are not part of the joint proof with the tables."
                ),
            ]
        }
    };
    let [french, english] = verdict;
    let _infallible = write!(text, "{french}\n\n{english}\n\n");
    text += "| attributs / attributes | k (groupes / groups) | l | t ‰ | seuls / alone |\n|---|---|---|---|---|\n";
    for level in levels {
        let _infallible = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            level.attributes.join(", "),
            level.groups,
            level.values,
            level.distance,
            level.alone
        );
    }
    let alone = levels.first().map_or(0, |level| level.alone);
    let _infallible = write!(
        text,
        "\n## Individualisation\n\nAvec tous les attributs, {alone} enregistrements sur {records} n’ont qu’un seul groupe derrière eux : chacun serait reconnu. Les tableaux publiés ne portent ni nom, ni pseudonyme, ni enregistrement.\n\n\
         With all attributes, {alone} records of {records} have a single group behind them: each would be recognised. The published tables carry no name, no pseudonym and no record.\n\n\
         ## Corrélation / Correlation\n\nTous les tableaux, totaux et indicateurs d’une publication forment un seul système ({} équations) ; les pseudonymes ne sortent pas du dossier privé. Ce qui vaut d’une publication à l’autre est dit dans docs/confidentiality.md.\n\n\
         All tables, totals and indicators of one release form one system ({} equations); pseudonyms never leave the private folder. What holds from one release to another is said in docs/confidentiality.md.\n\n\
         ## Inférence / Inference\n\n{} exigences sont prouvées par {} mondes témoins, vérifiés en nombres entiers par un second programme ; {} cellules sur {} sont retenues. N’est pas promis : l’estimation statistique faite d’ailleurs.\n\n\
         {} requirements are proven by {} witness worlds, verified in whole numbers by a second program; {} cells of {} are withheld. Not promised: statistical estimation from elsewhere.\n",
        verified.equations,
        verified.equations,
        verified.requirements,
        verified.witnesses,
        verified.withheld,
        verified.cells,
        verified.requirements,
        verified.witnesses,
        verified.withheld,
        verified.cells,
    );
    text
}

#[cfg(test)]
mod tests {
    use super::report;
    use crate::anonymise::Level;
    use crate::certificate::Verified;

    const VERIFIED: Verified =
        Verified { cells: 10, withheld: 4, equations: 5, requirements: 6, witnesses: 7 };

    #[test]
    fn few_companies_are_an_honest_refusal() {
        let level = Level { attributes: vec!["parc"], groups: 2, values: 1, distance: 400, alone: 3 };
        let text = report(12, &[level], &VERIFIED);
        assert!(text.contains("n’est pas publié") && text.contains("is not released"), "{text}");
        assert!(text.contains("| parc | 2 | 1 | 400 | 3 |"), "{text}");
        for criterion in ["## Individualisation", "## Corrélation", "## Inférence"] {
            assert!(text.contains(criterion), "{criterion}");
        }
    }

    #[test]
    fn what_would_be_anonymous_is_said_and_still_not_released() {
        let level = Level { attributes: vec!["parc"], groups: 9, values: 4, distance: 100, alone: 0 };
        let text = report(90, &[level], &VERIFIED);
        assert!(text.contains("would pass k, l and t, but are not part of the joint proof"), "{text}");
    }
}
