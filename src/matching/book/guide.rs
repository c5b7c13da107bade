//! « Lisez-moi »: what the workbook is, how it is filled in, and what its figures rest on.

use super::super::follow_up::last_number;
use super::super::prices::{hundredths, levy_cents_t};
use super::super::workbook::{NUMBER, NamedMatches};
use super::cells::Page;
use crate::config::Objective;
use chrono::Datelike as _;
use rust_xlsxwriter::XlsxError;

const LINES: [(&str, &str); 14] = [
    (
        "Liste confidentielle des maillages, pour les animatrices et animateurs. Ne pas transmettre telle quelle.",
        "Confidential list of matches, for the animators. Do not pass it on as it is.",
    ),
    (
        "Remplissez les colonnes jaunes de n’importe quelle feuille et laissez le fichier ici : la prochaine exécution les relit.",
        "Fill the yellow columns of any sheet and leave the file here: the next run reads them back.",
    ),
    (
        "Une réponse suffit, sur une seule feuille. Deux réponses qui se contredisent ne changent rien et reviennent sous « À trancher ».",
        "One answer is enough, on one sheet. Two answers that contradict each other change nothing and come back under “À trancher” (to settle).",
    ),
    (
        "Les lignes peuvent être triées, filtrées, doublées ou supprimées; ne changez pas la colonne Identifiant. Un lien vise la ligne d’avant un tri; son texte dit quoi chercher (identifiant, entreprise).",
        "Rows may be sorted, filtered, doubled or deleted; do not change the column Identifiant. A link leads to the row as it was before sorting; its text says what to look for (identifier, company).",
    ),
    (
        "« Maillages » : tous les maillages. « Entreprises » et « Parcs » : les index. Une feuille par parc.",
        "“Maillages”: all matches. “Entreprises” and “Parcs”: the indexes of companies and parks. One sheet a park.",
    ),
    (
        "« Fiches » : une page imprimable par entreprise, qui peut lui être remise. Elle ne montre jamais une entrée confidentielle d’une autre avant son accord, ni note, ni prix, ni contact d’une autre.",
        "“Fiches”: one printable page a company, which may be handed to it. It never shows a confidential entry of another before its consent, nor a note, a price or a contact of another.",
    ),
    (
        "Ne remettez que les pages de l’entreprise visitée : la feuille entière contient celles de toutes.",
        "Hand over the pages of the visited company only: the whole sheet holds those of all.",
    ),
    (
        "« Consentement » : l’entreprise a marqué son entrée confidentielle; demandez-lui, puis inscrivez qui accepte sous « Accord obtenu » (aucun : l’accord est retiré).",
        "“Consentement”: the company marked its entry confidential; ask it, then write who accepts under “Accord obtenu” (aucun: the consent is withdrawn).",
    ),
    (
        "« Quantité réalisée » : des kilogrammes par année, ou par exemple « 2 t ».",
        "“Quantité réalisée”: kilograms a year, or for example “2 t”.",
    ),
    (
        "Un maillage abandonné n’est pas proposé de nouveau tant que rien d’important ne change; il reste sous « Autres suivis », où son statut peut être changé.",
        "A match that was given up is not proposed again while nothing that matters changes; it stays under “Autres suivis”, where its status can be changed.",
    ),
    (
        "Les maillages dont les matières ne partagent guère que la catégorie (pour ce qui n’est pas une matière : que le type) sont à la fin de la liste et ne comptent pas dans le potentiel (réglage `matching.potential_material_percent`).",
        "Matches whose materials share little but the category (what is no material: but the type) stand at the end of the list and do not count as potential (setting `matching.potential_material_percent`).",
    ),
    (
        "« Regroupements » : petits flux de même nature qui, ensemble, font une charge; « Débouchés recherchés » : ce que personne ne prend, et les débouchés à agrandir.",
        "“Regroupements”: small flows of one kind that make a load together; “Débouchés recherchés”: what nobody takes, and outlets to enlarge.",
    ),
    (
        "Un montant inconnu reste vide, jamais zéro; un coût dont une partie n’a pas de prix se lit « et plus ». Sans vos prix (`matching`), transport, traitement et démarrage sont des fourchettes larges de sources publiques, à confirmer; le prix demandé ou offert n’y entre pas. La matière vierge est remplacée kilogramme pour kilogramme, hypothèse haute.",
        "An unknown amount stays blank, never zero; a cost of which a part has no price reads “or more”. Without prices of yours (`matching`), transport, treatment and starting are wide intervals of public sources, to be confirmed; the price asked or offered is no part of them. Virgin material is replaced kilogram for kilogram, a high assumption.",
    ),
    (
        "« Repères » : le texte et la source des permis, des centres de recherche et des programmes; à vérifier auprès de l’autorité. Un programme échu n’est pas montré.",
        "“Repères”: text and source of permits, research centres and programmes; to be checked with the authority. A programme that is over is not shown.",
    ),
];

/// Writes the sheet.
pub(in super::super) fn write(page: &mut Page<'_>, list: &NamedMatches<'_>) -> Result<(), XlsxError> {
    page.width(0, 120.0)?;
    let mut lines: Vec<(String, String)> =
        LINES.iter().map(|(french, english)| ((*french).to_owned(), (*english).to_owned())).collect();
    let (plus_fr, plus_en) = match list.settings.objective {
        Objective::Mass => ("détourne le plus", "diverts the most"),
        Objective::Emissions => ("évite le plus d’émissions", "avoids the most emissions"),
        Objective::Money => (
            "rapporte le plus au milieu des fourchettes",
            "gains the most money at the middle of all intervals",
        ),
    };
    lines.push((
        format!("« kg/an au portefeuille » : part du maillage dans le plan qui {plus_fr} quand chaque kilogramme compte une fois; d’une chaîne, ce que son traitement laisse au moins."),
        format!("“kg/an au portefeuille”: share of the match in the plan that {plus_en} when each kilogram counts once; of a chain what its treatment leaves at least."),
    ));
    let year = list.as_of.year();
    lines.push(match levy_cents_t(year) {
        Some(cents) => (
            format!("Redevance sur l’élimination en {year} : {} $ la tonne.", hundredths(cents, ',')),
            format!("Levy on disposal in {year}: ${} a tonne.", hundredths(cents, '.')),
        ),
        None => (
            format!("Redevance sur l’élimination en {year} : inconnue."),
            format!("Levy on disposal in {year}: unknown."),
        ),
    });
    if list.unlisted > 0 {
        let (listed, unlisted) = (list.matches.len(), list.unlisted);
        lines.push((
            format!("La feuille tient les {listed} meilleurs maillages et ceux que vous suivez; {unlisted} autres ne sont pas inscrits (réglage `matching.listed`)."),
            format!("The sheet holds the {listed} best matches and those that you follow; {unlisted} others are not written (setting `matching.listed`)."),
        ));
    }
    let (number, day) = (last_number(list.follow_ups), list.as_of);
    lines.push((
        format!("{NUMBER}{number}, liste du {day}. Laissez cette ligne : elle dit à la prochaine exécution ce que ce classeur savait, si une copie ancienne revient."),
        format!("Follow-up number {number}, list of {day}. Leave the line above: it tells the next run what this workbook knew, should an old copy come back."),
    ));
    let texts = lines.iter().flat_map(|(french, english)| [french, english]);
    for (row, line) in (0..).zip(texts) {
        page.wrapped(row, 0, line)?;
    }
    Ok(())
}
