//! What data owners read: one text a kind of finding, French and English, without any value.

use super::FindingKind;

/// What is wrong and how to mend it, in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// What is wrong, in French.
    pub message_fr: &'static str,
    /// What is wrong, in English.
    pub message_en: &'static str,
    /// How to mend it, in French.
    pub repair_fr: &'static str,
    /// How to mend it, in English.
    pub repair_en: &'static str,
}

/// The texts of a kind.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one line a kind: a table, not logic")]
pub const fn texts(kind: FindingKind) -> Texts {
    use FindingKind as K;
    let (message_fr, message_en, repair_fr, repair_en) = match kind {
        K::MissingName => (
            "Le nom de l'entreprise manque.",
            "The company's name is missing.",
            "Inscrire le nom de l'entreprise sur la ligne.",
            "Write the company's name on the row.",
        ),
        K::MissingDirection => (
            "Le sens du flux manque.",
            "The direction of the flow is missing.",
            "Inscrire « extrant » (offre) ou « intrant » (demande).",
            "Write “extrant” (offer) or “intrant” (request).",
        ),
        K::UnknownDirection => (
            "Le sens du flux n'est pas reconnu.",
            "The direction of the flow is not recognised.",
            "Inscrire « extrant » (offre) ou « intrant » (demande).",
            "Write “extrant” (offer) or “intrant” (request).",
        ),
        K::UnknownType => (
            "Le type de flux n'est pas reconnu; « matiere » est retenu.",
            "The type of flow is not recognised; “matiere” is used.",
            "Choisir matiere, energie, eau, equipement, main_oeuvre, expertise, espace ou transport.",
            "Choose matiere, energie, eau, equipement, main_oeuvre, expertise, espace or transport.",
        ),
        K::UnknownCategory => (
            "La catégorie n'est pas reconnue.",
            "The category is not recognised.",
            "Choisir une des onze catégories du programme.",
            "Choose one of the programme's eleven categories.",
        ),
        K::MissingCategory => (
            "La catégorie manque; elle est déduite du code ou de la description quand c'est possible.",
            "The category is missing; it is deduced from the code or the description when possible.",
            "Choisir une des onze catégories du programme.",
            "Choose one of the programme's eleven categories.",
        ),
        K::DeducedCategory => (
            "La catégorie est écrite en mots libres; elle est déduite, et la déduction peut être fausse.",
            "The category is in free words; it is deduced, and the deduction may be wrong.",
            "Choisir une des onze catégories du programme.",
            "Choose one of the programme's eleven categories.",
        ),
        K::DeducedType => (
            "Le type de flux manque; il est déduit de la description, et la déduction peut être fausse.",
            "The type of flow is missing; it is deduced from the description, and may be wrong.",
            "Choisir matiere, energie, eau, equipement, main_oeuvre, expertise, espace ou transport.",
            "Choose matiere, energie, eau, equipement, main_oeuvre, expertise, espace or transport.",
        ),
        K::UnknownMaterial => (
            "Le code de matière n'est pas dans la liste des déchets.",
            "The material code is not in the List of Waste.",
            "Inscrire un code à six chiffres de la liste, par exemple 20 01 08.",
            "Write a six-digit code of the list, for example 20 01 08.",
        ),
        K::UnknownPark => (
            "Le parc n'est pas reconnu.",
            "The park is not recognised.",
            "Inscrire le nom d'un parc du programme, ou ajouter cette graphie à ses alias.",
            "Write the name of a park of the programme, or add this spelling to its aliases.",
        ),
        K::MissingPark => (
            "Le parc manque.",
            "The park is missing.",
            "Inscrire le parc ou la zone de l'entreprise.",
            "Write the company's park or zone.",
        ),
        K::BadEnterpriseNumber => (
            "Le NEQ n'est pas valide; il est ignoré.",
            "The enterprise number (NEQ) is not valid; it is ignored.",
            "Inscrire les dix chiffres; ils commencent par 11, 22, 33 ou 88.",
            "Write the ten digits; they begin with 11, 22, 33 or 88.",
        ),
        K::RoundedIdentifier => (
            "Un tableur a arrondi le numéro (1,14E+09): ses derniers chiffres sont perdus; il est ignoré.",
            "A spreadsheet rounded the number (1.14E+09): its last digits are lost; it is ignored.",
            "Mettre la colonne au format texte, puis inscrire de nouveau les dix chiffres.",
            "Set the column's format to text, then write the ten digits again.",
        ),
        K::BadSector => (
            "Le code SCIAN n'est pas valide; il est ignoré.",
            "The NAICS code is not valid; it is ignored.",
            "Inscrire de deux à six chiffres.",
            "Write two to six digits.",
        ),
        K::BadWorkforce => (
            "L'effectif n'entre pas dans une tranche, ou le tableur en avait fait une date.",
            "The workforce does not fit one band, or the spreadsheet had turned it into a date.",
            "Choisir 1-4, 5-19, 20-49, 50-99, 100-249 ou 250+, en texte.",
            "Choose 1-4, 5-19, 20-49, 50-99, 100-249 or 250+, as text.",
        ),
        K::BadCoordinates => (
            "Les coordonnées ne sont pas valides; elles sont ignorées.",
            "The coordinates are not valid; they are ignored.",
            "Inscrire la latitude et la longitude en degrés décimaux (au Québec, la longitude est négative).",
            "Write latitude and longitude in decimal degrees (in Québec the longitude is negative).",
        ),
        K::MissingQuantity => (
            "La quantité manque.",
            "The quantity is missing.",
            "Inscrire une quantité, même approximative, avec son unité.",
            "Write a quantity, even a rough one, with its unit.",
        ),
        K::BadQuantity => (
            "La quantité ne se lit pas sans équivoque.",
            "The quantity cannot be read without doubt.",
            "Inscrire un nombre ou un intervalle, par exemple 1234,5 ou « 2 à 3 »; sans virgule pour les milliers.",
            "Write a number or a range, for example 1234.5 or “2 to 3”; no comma for thousands.",
        ),
        K::NegativeQuantity => (
            "La quantité est négative.",
            "The quantity is negative.",
            "Inscrire une quantité positive; le sens dit s'il s'agit d'une offre ou d'une demande.",
            "Write a positive quantity; the direction says whether it is an offer or a request.",
        ),
        K::QuantityOutOfRange => (
            "La quantité dépasse dix millions de tonnes par an.",
            "The quantity exceeds ten million tonnes a year.",
            "Vérifier le nombre, l'unité et la fréquence.",
            "Check the number, the unit and the frequency.",
        ),
        K::MissingUnit => (
            "L'unité manque; la quantité reste inconnue.",
            "The unit is missing; the quantity stays unknown.",
            "Inscrire l'unité, par exemple kg, t, L ou m³.",
            "Write the unit, for example kg, t, L or m³.",
        ),
        K::UnknownUnit => (
            "L'unité ne donne pas de masse; la quantité reste inconnue.",
            "The unit gives no mass; the quantity stays unknown.",
            "Inscrire une unité de masse ou de volume, ou ajouter ce mot à la liste « unite » de la correspondance.",
            "Write a unit of mass or volume, or add this word to the mapping's “unite” list.",
        ),
        K::AmbiguousUnit => (
            "L'unité a plusieurs sens; la quantité reste inconnue.",
            "The unit has several meanings; the quantity stays unknown.",
            "Préciser l'unité.",
            "Say which unit is meant.",
        ),
        K::ContradictoryUnits => (
            "L'unité écrite à côté du nombre et celle de la colonne se contredisent; la quantité reste inconnue.",
            "The unit beside the number and that of the column contradict each other; the quantity stays unknown.",
            "Garder une seule des deux unités.",
            "Keep only one of the two units.",
        ),
        K::AmbiguousFrequency => (
            "La fréquence a plusieurs sens; la quantité par an reste inconnue.",
            "The frequency has several meanings; the yearly quantity stays unknown.",
            "Préciser la fréquence.",
            "Say which frequency is meant.",
        ),
        K::UpperBound => (
            "La quantité est une limite, pas une estimation: l'intervalle va de zéro à cette limite.",
            "The quantity is a limit, not an estimate: the interval goes from zero to that limit.",
            "Inscrire une quantité habituelle ou un intervalle, par exemple « 2 à 3 ».",
            "Write a usual quantity or a range, for example “2 to 3”.",
        ),
        K::LowerBound => (
            "La quantité est un minimum, pas une estimation: elle est comptée comme ce minimum.",
            "The quantity is a minimum, not an estimate: it is counted as that minimum.",
            "Inscrire une quantité habituelle ou un intervalle, par exemple « 2 à 3 ».",
            "Write a usual quantity or a range, for example “2 to 3”.",
        ),
        K::MissingDensity => (
            "Aucune masse volumique pour ce volume; la quantité reste inconnue.",
            "No density for this volume; the quantity stays unknown.",
            "Inscrire la masse en kg ou en t, ou préciser la catégorie et la description.",
            "Write the mass in kg or t, or give the category and a description.",
        ),
        K::MissingFrequency => (
            "La fréquence manque; la quantité par an reste inconnue.",
            "The frequency is missing; the yearly quantity stays unknown.",
            "Inscrire ponctuel, jour, semaine, mois, trimestre ou an.",
            "Write ponctuel (once), jour, semaine, mois, trimestre or an.",
        ),
        K::UnknownFrequency => (
            "La fréquence n'est pas reconnue, ou contredit celle de l'unité.",
            "The frequency is not recognised, or contradicts that of the unit.",
            "Inscrire ponctuel, jour, semaine, mois, trimestre ou an, une seule fois.",
            "Write ponctuel (once), jour, semaine, mois, trimestre or an, in one place.",
        ),
        K::BadDate => (
            "La date ne se lit pas, ou elle est à venir alors qu'elle devrait être passée.",
            "The date cannot be read, or lies in the future where it should be past.",
            "Inscrire la date sous la forme AAAA-MM-JJ.",
            "Write the date as YYYY-MM-DD.",
        ),
        K::AmbiguousDate => (
            "Le jour et le mois peuvent être échangés, et le jour est lu en premier; ou il manque le jour ou l’année, et le nombre est lu comme l’année.",
            "Day and month could be exchanged, and the day is read first; or the day or the year is missing, and the number is read as the year.",
            "Inscrire la date sous la forme AAAA-MM-JJ.",
            "Write the date as YYYY-MM-DD.",
        ),
        K::DatesReversed => (
            "La fin de la disponibilité précède son début.",
            "The availability ends before it begins.",
            "Échanger ou corriger les deux dates.",
            "Exchange or correct the two dates.",
        ),
        K::BadYesNo => (
            "La réponse n'est pas un oui ou un non.",
            "The answer is not a yes or a no.",
            "Inscrire oui ou non; mettre la phrase dans les remarques.",
            "Write oui or non; put the sentence in the remarks.",
        ),
        K::UnknownCode => (
            "Le mot n'est pas dans la liste.",
            "The word is not in the list.",
            "Choisir un mot de la liste.",
            "Choose a word of the list.",
        ),
        K::BadAmount => (
            "Le montant ne se lit pas; il est ignoré.",
            "The amount cannot be read; it is ignored.",
            "Inscrire un montant en dollars, par exemple 1234,50.",
            "Write an amount in dollars, for example 1234.50.",
        ),
        K::CostForUnit => (
            "Le coût est donné par unité, et la quantité par an dans cette unité est inconnue; il est ignoré.",
            "The cost is given for a unit, and the yearly quantity in that unit is unknown; it is ignored.",
            "Inscrire le coût par an, ou la quantité avec son unité et sa fréquence.",
            "Write the cost a year, or the quantity with its unit and frequency.",
        ),
        K::BadEmail => (
            "Le courriel n'est pas valide; il est ignoré.",
            "The e-mail is not valid; it is ignored.",
            "Inscrire une seule adresse complète.",
            "Write one complete address.",
        ),
        K::UnknownStatus => (
            "Le statut manque ou n'est pas reconnu.",
            "The status is missing or not recognised.",
            "Choisir potentielle, proposee, en_discussion, a_l_essai, realisee ou abandonnee.",
            "Choose potentielle, proposee, en_discussion, a_l_essai, realisee or abandonnee.",
        ),
        K::AmbiguousStatus => (
            "Ce statut peut en dire deux : arrêté ou encore en marche, abouti ou abandonné.",
            "This status may say two things: stopped or still going on, achieved or abandoned.",
            "Choisir potentielle, proposee, en_discussion, a_l_essai, realisee ou abandonnee, ou dire une fois pour \
             toutes ce que le mot veut dire sous words.statut de la correspondance.",
            "Choose potentielle, proposee, en_discussion, a_l_essai, realisee or abandonnee, or say once what the \
             word means under words.statut of the mapping.",
        ),
        K::UnknownOrganisation => (
            "L'entreprise n'est dans aucune source.",
            "The company is in no source.",
            "Inscrire le nom tel qu'il figure dans les autres sources, ou le NEQ.",
            "Write the name as in the other sources, or the enterprise number.",
        ),
        K::SpreadsheetError => (
            "La cellule contient une erreur de tableur.",
            "The cell holds a spreadsheet error.",
            "Corriger la formule ou inscrire la valeur.",
            "Mend the formula or write the value.",
        ),
        K::NotAnEntry => (
            "La ligne ne tient qu'une cellule et n'est pas une entrée (titre, note, source, fin de liste); elle n'est pas comptée.",
            "The row holds one cell and is no entry (title, note, source, end of the list); it is not counted.",
            "Rien à faire; si c'est une entrée, remplir ses autres colonnes.",
            "Nothing to do; if it is an entry, fill in its other columns.",
        ),
        K::Subtotal => (
            "La ligne est un total ou une moyenne; elle n'est pas comptée.",
            "The row is a total or an average; it is not counted.",
            "Rien à faire; de préférence, retirer les totaux du tableau.",
            "Nothing to do; better, remove totals from the table.",
        ),
        K::TotalDiffers => (
            "Le total diffère de la somme des lignes au-dessus; les lignes comptent, pas le total.",
            "The total differs from the sum of the rows above; the rows count, not the total.",
            "Vérifier que chaque ligne du total est là, et que la formule les prend toutes.",
            "Check that every row of the total is there, and that the formula takes them all.",
        ),
        K::HiddenRow => (
            "La ligne est masquée dans le classeur; elle est comptée.",
            "The row is hidden in the workbook; it is counted.",
            "Afficher la ligne, ou la supprimer si elle ne vaut plus.",
            "Show the row, or delete it if it no longer holds.",
        ),
        K::DuplicateOrganisation => (
            "La même entreprise est écrite autrement ailleurs; les deux sont réunies.",
            "The same company is spelt differently elsewhere; both are merged.",
            "Écrire le nom de la même façon partout, avec le NEQ.",
            "Spell the name alike everywhere, with the enterprise number.",
        ),
        K::DuplicateFlow => (
            "Le même flux est inscrit ailleurs; les deux sont réunis.",
            "The same flow is entered elsewhere; both are merged.",
            "Garder une seule des deux lignes.",
            "Keep only one of the two rows.",
        ),
        K::ConflictingDuplicate => (
            "Le même nom porte deux NEQ différents; rien n'est réuni.",
            "The same name has two different enterprise numbers; nothing is merged.",
            "Vérifier les NEQ.",
            "Check the enterprise numbers.",
        ),
        K::ConflictingNumber => (
            "Le même NEQ est inscrit sous des noms qui n'ont rien en commun; il est ignoré, et rien n'est réuni.",
            "The same enterprise number stands under names that share nothing; it is ignored, and nothing is merged.",
            "Vérifier le NEQ; si c'est la même entreprise, écrire le nom de la même façon partout.",
            "Check the enterprise number; if it is the same company, spell the name alike everywhere.",
        ),
        K::DuplicateIdentifier => (
            "Le même identifiant sert à deux entrées différentes.",
            "The same identifier is used for two different entries.",
            "Donner un identifiant à chaque entrée.",
            "Give each entry its own identifier.",
        ),
        K::EmptyDescription => (
            "La ligne ne dit pas de quoi il s'agit: ni description, ni catégorie, ni matière.",
            "The row does not say what it is about: no description, category or material.",
            "Décrire la ressource en quelques mots.",
            "Describe the resource in a few words.",
        ),
        K::FormulaWithoutValue => (
            "La formule n'a pas de valeur enregistrée; la cellule ne se lit pas.",
            "The formula has no stored value; the cell cannot be read.",
            "Ouvrir le classeur dans un tableur, laisser calculer, puis enregistrer.",
            "Open the workbook in a spreadsheet program, let it calculate, then save.",
        ),
        K::ImpossibleDate => (
            "La date affichée n'existe pas au calendrier.",
            "The date shown does not exist in the calendar.",
            "Inscrire la bonne date, ou retirer le format de date d'une cellule qui n'en est pas une.",
            "Write the right date, or remove the date format from a cell that holds none.",
        ),
        K::UnreadableCell => (
            "Une cellule est endommagée ou d'un genre inconnu; elle n'est pas lue.",
            "A cell is damaged or of an unknown kind; it is not read.",
            "Corriger la cellule qui suit l'adresse donnée, puis enregistrer de nouveau.",
            "Correct the cell after the address given, then save again.",
        ),
        K::SkippedSheet => (
            "La feuille n'est pas un tableau (graphique, macro ou dialogue); elle n'est pas lue.",
            "The sheet is no table (chart, macro or dialogue); it is not read.",
            "Rien à faire, sauf si des données s'y trouvent: les copier dans une feuille ordinaire.",
            "Nothing to do, unless it holds data: copy them to an ordinary sheet.",
        ),
        K::ForeignSheet => (
            "La feuille ne dit ni qui, ni quoi, ni combien, ce qu'une autre feuille dit; elle n'est pas lue.",
            "The sheet does not say who, what or how much, as another sheet does; it is not read.",
            "Rien à faire si c'est une liste de choix; sinon, lui rendre ses en-têtes, ou nommer chaque feuille dans `sheets` de la source.",
            "Nothing to do if it is a list of choices; otherwise give it back its headings, or name every sheet in `sheets` of the source.",
        ),
        K::BrokenSheet => (
            "La feuille est endommagée; elle n'est pas lue, les autres le sont.",
            "The sheet is damaged; it is not read, the others are.",
            "Ouvrir le classeur dans un tableur, réparer la feuille et enregistrer.",
            "Open the workbook in a spreadsheet program, repair the sheet and save.",
        ),
        K::HiddenSheet => (
            "La feuille est masquée; elle suit la politique `hidden` de la source.",
            "The sheet is hidden; it follows the `hidden` policy of the source.",
            "Afficher la feuille, ou la supprimer si elle ne vaut plus.",
            "Show the sheet, or delete it if it no longer holds.",
        ),
        K::HiddenRows => (
            "Des lignes remplies sont masquées; elles suivent la politique `hidden` de la source.",
            "Filled rows are hidden; they follow the `hidden` policy of the source.",
            "Afficher les lignes, ou les supprimer si elles ne valent plus.",
            "Show the rows, or delete them if they no longer hold.",
        ),
        K::HiddenColumns => (
            "Des colonnes remplies sont masquées; elles suivent la politique `hidden` de la source.",
            "Filled columns are hidden; they follow the `hidden` policy of the source.",
            "Afficher les colonnes, ou les supprimer si elles ne valent plus.",
            "Show the columns, or delete them if they no longer hold.",
        ),
        K::FarCells => (
            "Des cellules remplies sont très loin des autres; les cellules vides de la fin des lignes ne sont pas écrites.",
            "Filled cells stand very far from the others; empty cells at the end of rows are not written.",
            "Effacer les cellules égarées à droite et en bas, puis enregistrer.",
            "Delete the stray cells far to the right and below, then save.",
        ),
        K::RaggedRow => (
            "La ligne n'a pas le même nombre de cellules que l'en-tête.",
            "The row has not as many cells as the header.",
            "Mettre entre guillemets un texte qui contient le séparateur, ou compléter la ligne.",
            "Quote a text that holds the delimiter, or complete the row.",
        ),
        K::UnclosedQuote => (
            "Un guillemet ouvert n'est jamais fermé; tout ce qui suit est lu comme une seule cellule.",
            "A quotation mark is never closed; everything after it is read as one cell.",
            "Fermer le guillemet, ou le doubler s'il fait partie du texte.",
            "Close the quotation mark, or double it if it belongs to the text.",
        ),
        K::GuessedDialect => (
            "La forme du fichier texte a été devinée.",
            "The form of the text file was guessed.",
            "La déclarer dans `text` de la source si elle est fausse.",
            "Declare it under `text` of the source if it is wrong.",
        ),
        K::WrappedLines => (
            "Chaque ligne du fichier est tout entière entre guillemets; elle est lue sans eux.",
            "Each line of the file stands in quotation marks as a whole; it is read without them.",
            "Rien à faire si les colonnes sont justes; sinon, déclarer `quote` dans `text` de la source.",
            "Nothing to do if the columns are right; otherwise declare `quote` under `text` of the source.",
        ),
        K::CharsetContradicted => (
            "La plateforme annonce un encodage que les octets de la page démentent; il a été deviné.",
            "The platform names an encoding that the bytes of the page contradict; it was guessed.",
            "Déclarer `encoding` dans `text` de la source si le texte est mal lu, et avertir la plateforme.",
            "Declare `encoding` under `text` of the source if the text is misread, and tell the platform.",
        ),
        K::UnknownCodePage => (
            "Le classeur nomme une page de codes inconnue; ses textes sont lus comme du Windows-1252.",
            "The workbook names a code page that is not known; its texts are read as Windows-1252.",
            "Vérifier les lettres accentuées, et enregistrer le classeur en .xlsx.",
            "Check the letters with accents, and save the workbook as .xlsx.",
        ),
        K::LostPagePointer => (
            "Aucune page n'a rien à l'endroit où les réglages cherchent la suivante; seule la première a été lue.",
            "No page has anything where the settings look for the next one; only the first was read.",
            "Corriger `pointer` de `paging`; s'il est juste et qu'il n'y a qu'une page, déclarer `count_pointer`.",
            "Correct `pointer` of `paging`; if it is right and there is one page only, declare `count_pointer`.",
        ),
        K::ReturnedFile => (
            "Le fichier est un classeur de quarantaine rendu: chacune de ses lignes remplace celle dont elle vient.",
            "The file is a quarantine workbook that was given back: each of its rows replaces the one it came from.",
            "Rien à faire; retirer le fichier quand la source elle-même est corrigée.",
            "Nothing to do; remove the file when the source itself is corrected.",
        ),
        K::NotReturned => (
            "Le fichier porte le nom d'un classeur de quarantaine et n'en a aucun des titres; il n'est pas lu.",
            "The file is named like a quarantine workbook and has none of its headings; it is not read.",
            "Remettre les titres « Où / Where », « Motifs / Reasons » et « Repère / Mark » au-dessus de leurs colonnes, ou donner un autre nom au fichier.",
            "Put the headings “Où / Where”, “Motifs / Reasons” and “Repère / Mark” back above their columns, or give the file another name.",
        ),
        K::RenamedSheet => (
            "L'onglet d'un classeur de quarantaine rendu a changé de nom; ses lignes qui disent leur lieu sont lues, aucune autre.",
            "The sheet of a quarantine workbook that was given back has another name; its rows that say their place are read, no other one is.",
            "Rien à faire; pour ajouter des lignes, rendre son nom à l'onglet (celui de la source).",
            "Nothing to do; to add rows, give the sheet back its name (that of the source).",
        ),
        K::LostPlace => (
            "Des lignes d'un classeur de quarantaine rendu ne disent plus d'où elles viennent (colonne « Où / Where »); elles ne sont pas lues.",
            "Rows of a quarantine workbook that was given back say no more where they came from (column “Où / Where”); they are not read.",
            "Reporter les corrections dans un classeur de quarantaine dont la colonne « Où / Where » est intacte.",
            "Make the corrections in a quarantine workbook whose column “Où / Where” is intact.",
        ),
        K::LostOrigin => (
            "Des lignes d'un classeur de quarantaine rendu corrigent des lignes qu'on ne retrouve plus: leur fichier ou leur onglet n'y est plus, ou leur repère manque; elles ne sont pas lues.",
            "Rows of a quarantine workbook that was given back correct rows that are not found any more: their file or sheet is gone, or their mark is missing; they are not read.",
            "Remettre le fichier ou l'onglet sous son nom, ou reporter les corrections dans le dernier classeur de quarantaine.",
            "Put the file or sheet back under its name, or make the corrections in the latest quarantine workbook.",
        ),
        K::DuplicateFile => (
            "Le fichier est la copie exacte d'un autre de la même source; il n'est pas lu une seconde fois.",
            "The file is an exact copy of another one of the same source; it is not read a second time.",
            "Retirer l'une des deux copies.",
            "Remove one of the two copies.",
        ),
        K::LockFile => (
            "Le fichier est le verrou d'un classeur ouvert ailleurs; il n'est pas lu, et le classeur attend.",
            "The file is the lock of a workbook that is open elsewhere; it is not read, and the workbook waits.",
            "Enregistrer et fermer le classeur; effacer le verrou si plus personne ne l'a ouvert.",
            "Save and close the workbook; delete the lock if nobody has it open any more.",
        ),
        K::FileWaits => (
            "Le fichier est en cours d'écriture ou ouvert ailleurs; il attend la prochaine exécution, et sa dernière version complète compte d'ici là.",
            "The file is being written or open elsewhere; it waits for the next run, and its last complete version counts until then.",
            "Rien à faire, si l'écriture se termine; sinon, enregistrer et fermer le fichier, et effacer un verrou (`~$…`, `.~lock.…`) que plus personne ne tient.",
            "Nothing to do if the writing ends; otherwise save and close the file, and delete a lock (`~$…`, `.~lock.…`) that nobody holds any more.",
        ),
        K::ForeignFile => (
            "Le fichier vient du système ou d'un téléchargement inachevé, ou son nom commence par un point; il n'est pas lu.",
            "The file is one of the system or of an unfinished download, or its name begins with a dot; it is not read.",
            "Rien à faire; si ce sont des données, donner un autre nom au fichier.",
            "Nothing to do; if it holds data, give the file another name.",
        ),
        K::UnreadableFile => (
            "Le fichier ne peut pas être lu; l'exécution s'est arrêtée, et la dernière publication reste.",
            "The file cannot be read; the run stopped, and the last release stays.",
            "Le réparer comme le dit le message de l'exécution, ou le retirer du dossier.",
            "Repair it as the message of the run says, or take it out of the folder.",
        ),
        K::NotAFile => (
            "Le motif de la source trouve un dossier, un tube, ou un lien dont la cible n'est pas là; il n'est pas lu.",
            "The pattern of the source finds a folder, a pipe, or a link whose target is not there; it is not read.",
            "Mettre le fichier lui-même à cette place, ou retirer ce qui s'y trouve.",
            "Put the file itself in its place, or remove what is there.",
        ),
        K::EmptyFile => (
            "Le fichier est vide (0 octet); il n'est pas lu.",
            "The file is empty (0 bytes); it is not read.",
            "L'enregistrer ou le télécharger de nouveau, ou le retirer.",
            "Save or download it again, or remove it.",
        ),
        K::NewColumn => (
            "La colonne est nouvelle: aucun réglage ne la connaît; elle n'est pas lue.",
            "The column is new: no setting knows it; it is not read.",
            "L'ajouter à la correspondance (`columns` ou `ignore`), ou lui rendre son nom.",
            "Add it to the mapping (`columns` or `ignore`), or give it back its name.",
        ),
        K::LostColumn => (
            "Une colonne attendue n'est pas là:",
            "An expected column is not there:",
            "La remettre sous son nom, ou changer la correspondance.",
            "Put it back under its name, or change the mapping.",
        ),
        K::ColumnKind => (
            "La colonne ne contient presque rien de ce que son champ attend.",
            "The column holds hardly anything that its field expects.",
            "Vérifier que les colonnes ne sont pas décalées, puis la correspondance.",
            "Check that the columns are not shifted, then the mapping.",
        ),
        K::RepeatedColumn => (
            "Deux colonnes ont le même titre; là où la première est remplie, la seconde n'est pas lue.",
            "Two columns have the same heading; where the first is filled, the second is not read.",
            "Donner à chaque colonne son titre, ou garder une seule des deux.",
            "Give each column a heading of its own, or keep only one of the two.",
        ),
        K::HeldByContract => (
            "Les colonnes de la feuille ont changé; ses lignes sont retenues jusqu'à ce qu'une personne les ait vues.",
            "The columns of the sheet have changed; its rows are held until somebody has looked at them.",
            "Rendre aux colonnes leurs noms, ou changer la correspondance.",
            "Give the columns back their names, or change the mapping.",
        ),
        K::SourceShrank => (
            "La source donne beaucoup moins de lignes qu'à la dernière exécution réussie; rien n'est publié.",
            "The source gives far fewer rows than in the last run that ended well; nothing is published.",
            "Vérifier le fichier ou la plateforme; si c'est voulu, abaisser `least_percent` de la source pour une exécution.",
            "Check the file or the platform; if it is meant, lower `least_percent` of the source for one run.",
        ),
        K::AssumedDays => (
            "« Par jour » est compté 260 jours par an (52 semaines de 5 jours).",
            "“A day” is counted on 260 days a year (52 weeks of 5 days).",
            "Inscrire la quantité par an, ou déclarer `days_per_year` dans la correspondance de la source.",
            "Write the quantity a year, or declare `days_per_year` in the mapping of the source.",
        ),
        K::OutdatedCorrection => (
            "La ligne a été corrigée à la source depuis; la correction rendue n'est plus prise.",
            "The row was corrected at its source since; the correction that was given back is no longer taken.",
            "Retirer le classeur de quarantaine de la boîte de dépôt, ou corriger la ligne à la source.",
            "Take the quarantine workbook out of the inbox, or change the row at its source.",
        ),
        K::ErasedEntry => (
            "La réponse a été effacée; la réponse précédente reste.",
            "The answer was erased; the earlier answer stays.",
            "Pour changer une réponse, en inscrire une autre.",
            "To change an answer, write another.",
        ),
        K::OutdatedAnswer => (
            "La réponse vient d'une copie plus ancienne que la dernière réponse connue; rien n'est changé.",
            "The answer comes from a copy older than the last known answer; nothing is changed.",
            "Si elle vaut toujours, l'inscrire de nouveau dans la liste d'aujourd'hui.",
            "If it still holds, write it again in today's list.",
        ),
        K::ReturnedList => (
            "La liste des maillages est revenue changée; ses octets sont gardés.",
            "The list of matches came back changed; its bytes are kept.",
            "Rien à faire si tout est dans les colonnes jaunes.",
            "Nothing to do when all is in the yellow columns.",
        ),
        K::MixedEncoding => (
            "Le fichier est en UTF-8, sauf quelques octets, qui sont lus comme du Windows-1252.",
            "The file is UTF-8 but for some bytes, which are read as Windows-1252.",
            "Vérifier les lettres accentuées, et enregistrer le fichier en UTF-8.",
            "Check the letters with accents, and save the file as UTF-8.",
        ),
        K::UndecodableText => (
            "Des octets ne sont pas du texte dans l'encodage retenu; ils sont remplacés.",
            "Some bytes are no text in the encoding used; they are replaced.",
            "Enregistrer le fichier en UTF-8, ou déclarer `encoding`.",
            "Save the file as UTF-8, or declare `encoding`.",
        ),
    };
    Texts { message_fr, message_en, repair_fr, repair_en }
}
