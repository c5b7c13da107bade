//! Texts of what comes back: quarantine workbooks with their corrections, lists of matches with their answers.

use super::{FindingKind as K, Line};

pub(super) const LINES: &[Line] = &[
    (
        K::ReturnedFile,
        "Le fichier est un classeur de quarantaine rendu: chacune de ses lignes remplace celle dont elle vient.",
        "The file is a quarantine workbook that was given back: each of its rows replaces the one it came from.",
        "Rien à faire; retirer le fichier quand la source elle-même dit ce qu'il corrige et ce qu'il ajoute.",
        "Nothing to do; remove the file when the source itself says what it corrects and adds.",
    ),
    (
        K::NotReturned,
        "Le fichier porte le nom d'un classeur de quarantaine et n'en a aucun des titres; il n'est pas lu.",
        "The file is named like a quarantine workbook and has none of its headings; it is not read.",
        "Remettre les titres « Où / Where », « Motifs / Reasons » et « Repère / Mark » au-dessus de leurs colonnes, ou donner un autre nom au fichier.",
        "Put the headings “Où / Where”, “Motifs / Reasons” and “Repère / Mark” back above their columns, or give the file another name.",
    ),
    (
        K::RenamedSheet,
        "L'onglet d'un classeur de quarantaine rendu a changé de nom, ou il est rendu en csv, qui n'a pas d'onglet; ses lignes qui disent leur lieu sont lues, aucune autre.",
        "The sheet of a quarantine workbook that was given back has another name, or was given back as csv, which has no sheet; its rows that say their place are read, no other one is.",
        "Rien à faire; pour ajouter des lignes, rendre le classeur, et à l'onglet son nom (celui de la source).",
        "Nothing to do; to add rows, give back the workbook, and the sheet under its name (that of the source).",
    ),
    (
        K::ForeignSheet,
        "L'onglet d'un classeur de quarantaine rendu est celui d'une autre source, qui ne lit pas ce classeur; ses lignes ne sont pas lues.",
        "The sheet of a quarantine workbook that was given back is that of another source, which does not read this workbook; its rows are not read.",
        "Déposer le classeur aussi dans le dossier des fichiers de cette source (`inputs/retours` pour une plateforme).",
        "Drop the workbook into the folder of that source's files too (`inputs/retours` for a platform).",
    ),
    (
        K::UnownedSheet,
        "Un onglet d'un classeur de quarantaine rendu (ou un csv, qui n'a pas d'onglet) ne porte le nom d'aucune source, et aucune ne retrouve ses lignes par leur lieu et leur repère; elles ne sont pas lues.",
        "A sheet of a quarantine workbook that was given back (or a csv, which has no sheet) has the name of no source, and none finds its rows by their place and mark; they are not read.",
        "Rendre à l'onglet le nom de sa source, ou reporter les corrections dans le dernier classeur de quarantaine.",
        "Give the sheet the name of its source back, or make the corrections in the latest quarantine workbook.",
    ),
    (
        K::LostPlace,
        "Des lignes d'un classeur de quarantaine rendu ne disent plus d'où elles viennent (colonne « Où / Where »); elles ne sont pas lues.",
        "Rows of a quarantine workbook that was given back say no more where they came from (column “Où / Where”); they are not read.",
        "Reporter les corrections dans un classeur de quarantaine dont la colonne « Où / Where » est intacte.",
        "Make the corrections in a quarantine workbook whose column “Où / Where” is intact.",
    ),
    (
        K::LostOrigin,
        "Des lignes d'un classeur de quarantaine rendu corrigent des lignes qu'on ne retrouve plus: leur fichier ou leur onglet n'y est plus, ou leur repère manque; elles ne sont pas lues.",
        "Rows of a quarantine workbook that was given back correct rows that are not found any more: their file or sheet is gone, or their mark is missing; they are not read.",
        "Remettre le fichier ou l'onglet sous son nom, ou reporter les corrections dans le dernier classeur de quarantaine.",
        "Put the file or sheet back under its name, or make the corrections in the latest quarantine workbook.",
    ),
    (
        K::LoneCorrection,
        "Des lignes d'un classeur de quarantaine rendu corrigent des lignes que leur onglet n'a plus; elles comptent.",
        "Rows of a quarantine workbook that was given back correct rows that their sheet does not have any more; they count.",
        "Si ces lignes ont été retirées ou récrites à la source, retirer le classeur de quarantaine de la boîte de dépôt.",
        "If these rows were withdrawn or rewritten at the source, take the quarantine workbook out of the inbox.",
    ),
    (
        K::OutdatedCorrection,
        "La ligne a été corrigée à la source depuis; la correction rendue n'est plus prise.",
        "The row was corrected at its source since; the correction that was given back is no longer taken.",
        "Retirer le classeur de quarantaine de la boîte de dépôt, ou corriger la ligne à la source.",
        "Take the quarantine workbook out of the inbox, or change the row at its source.",
    ),
    (
        K::DroppedCorrection,
        "Le classeur de quarantaine a pris la place d'un autre du même nom, qui corrigeait des lignes qu'aucun classeur ne corrige plus: elles comptent de nouveau comme à leur source.",
        "The quarantine workbook took the place of another one of its name, which corrected rows that no workbook corrects any more: they count again as their source has them.",
        "Remettre l'autre classeur aussi, chacun sous son nom (`quarantaine-1.xlsx`, `quarantaine-2.xlsx`).",
        "Put the other workbook back too, each under a name of its own (`quarantaine-1.xlsx`, `quarantaine-2.xlsx`).",
    ),
    (
        K::DroppedAddition,
        "Des lignes ajoutées à un classeur de quarantaine rendu ne comptent pas: un autre, plus récent, des mêmes lignes ou du même nom, ne les a pas.",
        "Rows that were added to a quarantine workbook that was given back do not count: a newer one, of the same rows or of the same name, does not have them.",
        "Si elles valent toujours, les ajouter au classeur le plus récent, ou les inscrire à la source.",
        "If they still hold, add them to the newest workbook, or enter them at the source.",
    ),
    (
        K::ErasedEntry,
        "La réponse a été effacée; la réponse précédente reste.",
        "The answer was erased; the earlier answer stays.",
        "Pour changer une réponse, en inscrire une autre.",
        "To change an answer, write another.",
    ),
    (
        K::OutdatedAnswer,
        "La réponse vient d'une copie plus ancienne que la dernière réponse connue; rien n'est changé.",
        "The answer comes from a copy older than the last known answer; nothing is changed.",
        "Si elle vaut toujours, l'inscrire de nouveau dans la liste d'aujourd'hui.",
        "If it still holds, write it again in today's list.",
    ),
    (
        K::ReturnedList,
        "La liste des maillages est revenue changée; ses octets sont gardés.",
        "The list of matches came back changed; its bytes are kept.",
        "Rien à faire si tout est dans les colonnes jaunes.",
        "Nothing to do when all is in the yellow columns.",
    ),
];
