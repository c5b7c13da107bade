//! Data about the data.

use super::{Confidential, Field, Location, code_enum, texts};
use std::borrow::Cow;

code_enum!(
    /// How bad.
    Severity, "severity" {
        /// The row is kept; something is missing or was read with a remark.
        Note = "remarque",
        /// The row is kept; one field was refused and counts as unknown.
        Warning = "avertissement",
        /// The row goes to quarantine.
        Rejection = "refus",
    }
);

code_enum!(
    /// What is wrong, as a stable code: the only part of a finding that a log may count.
    FindingKind, "kind" {
        MissingName = "nom_absent",
        MissingDirection = "sens_absent",
        UnknownDirection = "sens_inconnu",
        UnknownType = "type_inconnu",
        UnknownCategory = "categorie_inconnue",
        MissingCategory = "categorie_absente",
        DeducedCategory = "categorie_deduite",
        DeducedType = "type_deduit",
        UnknownMaterial = "matiere_inconnue",
        UnknownPark = "parc_inconnu",
        MissingPark = "parc_absent",
        BadEnterpriseNumber = "neq_invalide",
        RoundedIdentifier = "identifiant_arrondi",
        BadSector = "scian_invalide",
        BadWorkforce = "effectif_invalide",
        BadCoordinates = "coordonnees_invalides",
        MissingQuantity = "quantite_absente",
        BadQuantity = "quantite_illisible",
        NegativeQuantity = "quantite_negative",
        QuantityOutOfRange = "quantite_hors_bornes",
        MissingUnit = "unite_absente",
        UnknownUnit = "unite_inconnue",
        AmbiguousUnit = "unite_ambigue",
        ContradictoryUnits = "unites_contradictoires",
        AmbiguousFrequency = "frequence_ambigue",
        UpperBound = "borne_superieure",
        LowerBound = "borne_inferieure",
        MissingDensity = "masse_volumique_absente",
        MissingFrequency = "frequence_absente",
        UnknownFrequency = "frequence_inconnue",
        BadDate = "date_illisible",
        AmbiguousDate = "date_ambigue",
        MixedDates = "dates_melees",
        DatesReversed = "dates_inversees",
        BadYesNo = "oui_non_illisible",
        UnknownCode = "code_inconnu",
        BadAmount = "montant_illisible",
        CostForUnit = "cout_par_unite",
        BadEmail = "courriel_invalide",
        UnknownStatus = "statut_inconnu",
        AmbiguousStatus = "statut_ambigu",
        UnknownOrganisation = "entreprise_inconnue",
        SpreadsheetError = "erreur_de_tableur",
        Subtotal = "sous_total",
        NotAnEntry = "ligne_hors_tableau",
        TotalDiffers = "total_inexact",
        HiddenRow = "ligne_masquee",
        DuplicateOrganisation = "entreprise_en_double",
        DuplicateFlow = "flux_en_double",
        ConflictingDuplicate = "doublon_contradictoire",
        ConflictingNumber = "neq_contradictoire",
        DuplicateIdentifier = "identifiant_en_double",
        EmptyDescription = "description_absente",
        FormulaWithoutValue = "formule_sans_valeur",
        ImpossibleDate = "date_inexistante",
        UnreadableCell = "cellule_illisible",
        SkippedSheet = "feuille_ignoree",
        SheetWithoutEntries = "feuille_sans_entrees",
        BrokenSheet = "feuille_endommagee",
        HiddenSheet = "feuille_masquee",
        HiddenRows = "lignes_masquees",
        HiddenColumns = "colonnes_masquees",
        FarCells = "cellules_eloignees",
        RaggedRow = "ligne_irreguliere",
        UnclosedQuote = "guillemet_ouvert",
        GuessedDialect = "forme_devinee",
        WrappedLines = "lignes_entre_guillemets",
        UndecodableText = "texte_indechiffrable",
        MixedEncoding = "encodages_melanges",
        CharsetContradicted = "encodage_contredit",
        UnknownCodePage = "page_de_codes_inconnue",
        LostPagePointer = "pointeur_de_page_absent",
        RepeatedRecord = "enregistrement_repete",
        DuplicateFile = "fichier_en_double",
        ReturnedFile = "quarantaine_rendue",
        NotReturned = "quarantaine_non_reconnue",
        RenamedSheet = "quarantaine_renommee",
        ForeignSheet = "quarantaine_autre_source",
        UnownedSheet = "quarantaine_sans_source",
        ChangedInPlace = "quarantaine_changee_sur_place",
        LostPlace = "correction_sans_lieu",
        LostOrigin = "correction_sans_origine",
        LoneCorrection = "correction_seule",
        LockFile = "fichier_verrou",
        FileWaits = "fichier_en_attente",
        NewFileWaits = "fichier_jamais_lu",
        ForeignFile = "fichier_etranger",
        EmptyFile = "fichier_vide",
        OtherCase = "fichier_autre_casse",
        NotAFile = "fichier_impropre",
        UnreadableFile = "fichier_illisible",
        NewColumn = "colonne_nouvelle",
        LostColumn = "colonne_disparue",
        ColumnKind = "colonne_inattendue",
        RepeatedColumn = "colonne_repetee",
        HeldByContract = "contrat_de_source",
        SourceShrank = "source_reduite",
        AbsentSource = "source_absente",
        AssumedDays = "jours_supposes",
        OutdatedCorrection = "correction_depassee",
        DroppedCorrection = "correction_abandonnee",
        DroppedAddition = "ajout_abandonne",
        ErasedEntry = "reponse_effacee",
        OutdatedAnswer = "reponse_depassee",
        ReturnedList = "liste_rendue",
        NewsPaused = "nouveautes_en_pause",
        NewsWithoutPlace = "nouveautes_sans_place",
        NewsBlocked = "nouveautes_bloquees",
        OtherTable = "autre_tableau",
        ContactInstead = "coordonnees_a_la_place",
    }
);

/// Something that a data owner should know about one row.
///
/// Texts never repeat what was read; `read` holds it apart so that only the private state
/// can show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// What kind.
    pub kind: FindingKind,
    /// The row.
    pub location: Location,
    /// Column letters or json path of the cell, when one cell is to blame.
    pub column: Option<String>,
    /// The field, when one is to blame.
    pub field: Option<Field>,
    /// What was read.
    pub read: Confidential<String>,
    /// What is wrong, in French.
    pub message_fr: Cow<'static, str>,
    /// What is wrong, in English.
    pub message_en: Cow<'static, str>,
    /// How to mend it, in French.
    pub repair_fr: Cow<'static, str>,
    /// How to mend it, in English.
    pub repair_en: Cow<'static, str>,
}

impl Finding {
    /// About a row, or a sheet as a whole, in the words of its kind.
    #[must_use]
    pub fn about(severity: Severity, kind: FindingKind, location: Location) -> Self {
        let said = texts(kind);
        Self {
            severity,
            kind,
            location,
            column: None,
            field: None,
            read: Confidential::new(String::new()),
            message_fr: said.message_fr.into(),
            message_en: said.message_en.into(),
            repair_fr: said.repair_fr.into(),
            repair_en: said.repair_en.into(),
        }
    }
}
