//! What is never given to some uses: `pipelines/reference/exclusions.csv` and the uses, `usages.csv`.
//!
//! Both ours. An offer that its words call by a row of the first (treated wood, asbestos) is kept from every
//! request whose words name a use of that row (bedding, food) or leave it out (`sans galvanisé`). Rows for all
//! uses (`*`) are kept from every request that does not plainly seek them, and what only the practice of the trade
//! keeps from a use is given to who seeks it for that use: `litière souillée pour épandage`.

use super::phrases::{Mention, Phrases, Text};
use super::seeking;
use super::tables::rows;
use super::words::Words;
use std::sync::LazyLock;

/// A row of what is excluded.
#[derive(Debug)]
struct Excluded {
    title: [&'static str; 2],
    reason: [&'static str; 2],
}

#[derive(Debug)]
struct Tables {
    excluded: Vec<Excluded>,
    names: Phrases,
    /// Bits of the rows that are for all uses, of those that are hazardous, and of those that no law asks for.
    everywhere: u64,
    hazardous: u64,
    practice: u64,
    uses: Phrases,
    /// For each use the bits of the rows that are kept from it.
    kept_from: Vec<u64>,
    /// Bits of the uses that take nothing hazardous.
    careful: u64,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let uses = rows(include_str!("../../pipelines/reference/usages.csv"));
    let excluded = rows(include_str!("../../pipelines/reference/exclusions.csv"));
    let bits = |are: &dyn Fn(&Vec<&'static str>) -> bool, rows: &[Vec<&'static str>]| -> u64 {
        rows.iter().enumerate().filter(|(_, row)| are(row)).map(|(at, _)| 1_u64 << at).sum()
    };
    let names_use = |row: &[&'static str], code: &str| row[1].split(' ').any(|one| one == code);
    Tables {
        names: Phrases::new(excluded.iter().enumerate().map(|(at, row)| (row[7], 1_u64 << at))),
        everywhere: bits(&|row| names_use(row, "*"), &excluded),
        hazardous: bits(&|row| row[2] == "oui", &excluded),
        practice: bits(&|row| row[8].starts_with("pratique du métier"), &excluded),
        uses: Phrases::new(uses.iter().enumerate().map(|(at, row)| (row[4], 1_u64 << at))),
        kept_from: uses.iter().map(|one| bits(&|row| names_use(row, one[0]), &excluded)).collect(),
        careful: bits(&|row| row[3] == "oui", &uses),
        excluded: excluded
            .iter()
            .map(|row| Excluded { title: [row[3], row[4]], reason: [row[5], row[6]] })
            .collect(),
    }
});

/// What the words of a flow say, as bits of the rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// What it is.
    pub(super) is: u64,
    /// What it names at all, and of that what it plainly seeks and what it leaves out.
    named: u64,
    sought: u64,
    left_out: u64,
    /// What is kept from its use.
    kept: u64,
    /// Whether its use takes nothing hazardous.
    pub(super) is_careful: bool,
}

impl Told {
    /// What a description says.
    pub(super) fn new(text: &Text) -> Self {
        Self::read(text, false)
    }

    /// What a remark says.
    pub(super) fn of_remark(text: &Text) -> Self {
        Self::read(text, true)
    }

    fn read(text: &Text, is_remark: bool) -> Self {
        let all = |mentions: &[Mention], of: &dyn Fn(&Mention) -> bool| {
            mentions.iter().filter(|one| of(one)).fold(0_u64, |bits, one| bits | one.of)
        };
        let (names, uses) = (TABLES.names.mentions(text), TABLES.uses.mentions(text));
        let uses = all(&uses, &|one| !one.is_turned);
        let of_uses = TABLES.kept_from.iter().enumerate().filter(|(at, _)| (uses >> at) & 1 == 1);
        Self {
            is: all(&names, &|one| !one.is_turned),
            named: all(&names, &|_| true),
            sought: all(&names, &|one| seeking::is_sought(text, one, is_remark)),
            left_out: all(&names, &|one| one.is_left_out),
            kept: of_uses.fold(0_u64, |bits, (_, kept)| bits | kept),
            is_careful: uses & TABLES.careful != 0,
        }
    }

    /// With what another text of the same flow says.
    pub(super) const fn with(self, other: Self) -> Self {
        Self {
            is: self.is | other.is,
            named: self.named | other.named,
            sought: self.sought | other.sought,
            kept: self.kept | other.kept,
            left_out: self.left_out | other.left_out,
            is_careful: self.is_careful || other.is_careful,
        }
    }

    /// Of a request: the rows that it does not take.
    pub(super) fn refused(self) -> u64 {
        self.left_out | (self.kept & !(self.sought & TABLES.practice)) | (TABLES.everywhere & !self.sought)
    }

    /// Of a request: whether it plainly seeks what is hazardous.
    pub(super) fn seeks_hazard(self) -> bool {
        self.sought & !self.left_out & TABLES.hazardous != 0
    }

    /// Of a request: whether it names something hazardous that it does not plainly seek.
    pub(super) fn doubts_hazard(self) -> bool {
        self.named & (self.left_out | !self.sought) & TABLES.hazardous != 0
    }

    /// Of an offer: whether its words say that it is hazardous.
    pub(super) fn is_hazardous(self) -> bool {
        self.is & TABLES.hazardous != 0
    }
}

/// Why an offer is kept from a request, French and English, of the rows that say so; none of none.
pub(super) fn why(bits: u64) -> Option<Words> {
    let told: Vec<[String; 2]> = TABLES
        .excluded
        .iter()
        .enumerate()
        .filter(|(at, _)| (bits >> at) & 1 == 1)
        .map(|(_, Excluded { title, reason })| {
            [
                format!("{}, que la demande ou son usage exclut ({})", title[0], reason[0]),
                format!("{}, which the request or its use excludes ({})", title[1], reason[1]),
            ]
        })
        .collect();
    let join = |at: usize| told.iter().map(|one| one[at].as_str()).collect::<Vec<_>>().join(", ");
    (!told.is_empty()).then(|| (join(0), join(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Told {
        Told::new(&Text::new(text))
    }

    fn is_kept(offer: &str, request: &str) -> bool {
        told(offer).is & told(request).refused() != 0
    }

    #[test]
    fn the_tables_fit_in_their_bits_and_name_their_uses_and_sources() {
        let uses = rows(include_str!("../../pipelines/reference/usages.csv"));
        let excluded = rows(include_str!("../../pipelines/reference/exclusions.csv"));
        assert!(uses.len() <= 64 && excluded.len() <= 64);
        for row in &excluded {
            let is_known = |code: &str| code == "*" || uses.iter().any(|one| one[0] == code);
            assert!(row[1].is_empty() || row[1].split(' ').all(is_known), "{row:?}");
            assert!(["oui", "non"].contains(&row[2]) && !row[3].is_empty() && !row[4].is_empty(), "{row:?}");
            assert!(!row[7].is_empty() && !row[8].is_empty(), "{row:?}");
        }
    }

    /// Offers, and requests whose use they would harm.
    const HARMS: &[(&str, &str)] = &[
        ("Madriers de bois traité", "Copeaux pour litière d’étable"),
        ("Pressure-treated fence boards", "Mulch for a public garden"),
        ("Retailles de MDF", "Bran de scie pour litière"),
        ("Plywood cut-offs", "Wood chips for compost"),
        ("Dormants de chemin de fer", "Poutres pour meubles"),
        ("Beurre avec antibiotiques", "Lait pour nourrir des veaux"),
        ("Grain moisi", "Grain pour alimentation animale"),
        ("Sirop moisi", "Sirop pour alimentation humaine"),
        ("Mouldy syrup", "Syrup for eating"),
        ("Riz moisi", "Riz pour une banque alimentaire"),
        ("Farine avec insectes", "Farine pour boulangerie"),
        ("Farine pleine d’insectes", "Farine pour boulangerie"),
        ("Farine pleine de vers", "Farine pour boulangerie"),
        ("Blé avec des charançons", "Blé pour consommation humaine"),
        ("Flour with bugs", "Flour for a bakery"),
        ("Flour with insects", "Flour for a bakery"),
        ("Huile à moteur et huile à friture", "Huile pour biodiesel"),
        ("Cellules au lithium gonflées", "Batteries à remettre à neuf, réemploi"),
        ("Seaux de pesticides", "Seaux pour jardinage"),
        ("Huile avec des BPC", "Huile usée"),
        ("Tuiles amiantées", "Tuiles"),
        ("Tôle galvanisée", "Acier sans galvanisé"),
        ("Cendres volantes", "Cendres de bois pour sols agricoles"),
        ("Eau de refroidissement", "Eau potable"),
        ("Grey water", "Drinking water for livestock"),
        ("Palettes de contreplaqué", "Palettes, no plywood"),
        ("Bois traité", "Bois non traité"),
        ("Panneaux de fibres", "Paillis"),
        ("Chutes d’aggloméré", "Compost"),
        ("Retailles de mélaminé blanc", "Animal bedding"),
        ("Engineered wood offcuts", "Cat litter"),
        ("Bois peinturé", "Paillage de plates-bandes"),
        ("Creosoted railway ties", "Mulch"),
        ("Panneaux de gypse", "Matières pour compostage"),
        ("Drywall scraps", "Compost"),
        ("Plastique rebroyé", "Plastique pour emballage alimentaire"),
        ("Mixed plastic flakes", "Resin for food packaging"),
        ("Huile usée", "Lubrifiant pour machines alimentaires"),
        ("Used oil", "Lubricant for food machines"),
        ("Résidus de viande", "Ingrédients pour l’alimentation de bovins"),
        ("Meat and bone meal", "Cattle feed"),
        ("Grain moisi", "Moulée pour vaches"),
        ("Glycol usé de radiateur", "Glycol alimentaire"),
        ("Sable souillé d’huile", "Sable pour bac à sable"),
        ("Sable sale", "Sable pour carré de sable"),
        ("Sable de jet usé", "Sable pour terrain de jeux d’enfants"),
        ("Boues de dragage contaminées", "Terre végétale pour potager"),
        ("Farine d’os", "Farine pour pain"),
        ("Sel de voirie", "Sel de table"),
        ("Sel à glace", "Sel pour salaison"),
        ("Viande avariée", "Viande pour refuge animalier"),
        ("Éthanol usé", "Éthanol pour désinfectant à mains"),
        ("Spent ethanol", "Ethanol for hand sanitizer"),
        ("Alcool isopropylique usé", "Alcool pour boissons"),
        ("Eau usée huileuse", "Eau pour animaux"),
        ("Eau de refroidissement au glycol", "Eau d’abreuvement"),
        ("Eau usée traitée", "Eau pour fabriquer de la bière"),
        ("Chaudières de peinture vides", "Chaudières alimentaires pour érablière"),
        ("Bicarbonate technique", "Bicarbonate pour boulangerie"),
        ("CO2 industriel", "CO2 alimentaire pour boissons"),
        ("Gras de trappe à graisse", "Gras pour savonnerie alimentaire"),
        ("Palettes traitées au bromure de méthyle (MB)", "Palettes pour meubles d’enfants"),
        ("Farine de viande", "Farine pour vaches"),
        ("Meat and bone meal", "Meal for ruminants"),
        ("Farine de viande", "Farine pour des chèvres"),
        ("Farine de sang", "Farine pour ferme laitière"),
        ("Farine de viande", "Moulée laitière"),
        ("Foin moisi", "Foin pour chevaux"),
        ("Mouldy hay", "Hay for horses"),
        ("Pain moisi", "Pain pour nos porcs"),
        ("Copeaux créosotés", "Copeaux pour vaches"),
        ("MDF sawdust", "Sawdust for stables"),
        ("Painted shavings", "Shavings for chickens"),
        ("Bran de scie de bois traité", "Bran de scie pour l’écurie"),
        ("Paille souillée d’huile", "Paille sans poussière pour chevaux"),
        ("Glycol usé", "Glycol pour vaches"),
        ("Pain moisi", "Pain pour une école"),
        ("Pain moisi", "Pain pour frigo communautaire"),
        ("Mouldy bread", "Bread for school lunches"),
        ("Éthylène glycol", "Glycol pour breuvages"),
        ("Soude caustique usée", "Soude pour bretzels"),
        ("Denatured ethanol", "Ethanol for vodka"),
        ("Sel de voirie", "Sel pour marinades"),
        ("Chlorure de calcium pour routes", "Chlorure de calcium alimentaire"),
        ("Azote technique", "Azote alimentaire"),
        ("Welding CO2", "CO2 for soda"),
        ("CO2 industriel", "CO2 pour la bière"),
        ("Emptied solvent pails", "Pails for maple sap"),
        ("Seaux de vernis vides", "Seaux pour eau d’érable"),
        ("Glycérine brute de biodiesel", "Glycérine pour cosmétiques"),
        ("Eau usée traitée", "Eau pour une brasserie"),
        ("Papier thermique", "Papier pour litière"),
        ("Carton ciré", "Carton pour litière"),
        ("Fruits pourris", "Fruits pour distillerie"),
        ("Pain moisi", "Pain donné à des cochons"),
        ("Farine de viande", "Ration de brebis"),
        ("Sel de voirie", "Bloc de sel pour bétail"),
        ("Farine d’os", "Farine d’os pour nourrir des vaches"),
    ];

    /// What requests say of PCBs and asbestos when they do not want them.
    const UNWANTED: &[&str] = &[
        "BPC prohibés",
        "BPC proscrits",
        "BPC < 2 ppm",
        "moins de 2 ppm de BPC",
        "BPC : non",
        "BPC : aucun",
        "refus de BPC",
        "hors BPC",
        "libre de BPC",
        "BPC non détectés",
        "analysée pour les BPC",
        "BPC",
        "aucune huile avec BPC",
        "amiante : non",
        "amiante < 0,1 %",
        "amiante non tolérée",
        "amiante : tolérance zéro",
        "n’est pas acceptée avec amiante",
        "certificat d’absence d’amiante exigé",
        "PCBs prohibited",
        "PCBs below 2 ppm",
        "PCBs: no",
        "PCBs must be nil",
        "PCB test required",
        "loads with PCBs will be rejected",
        "asbestos banned",
        "asbestos-tested",
        "asbestos is unacceptable",
        "we don't want asbestos",
        "we cannot accept asbestos",
        "devoid of asbestos",
    ];

    /// Offers, and requests that may have them.
    const FITS: &[(&str, &str)] = &[
        ("Madriers d’épinette", "Copeaux pour litière d’étable"),
        ("Bois non traité", "Copeaux pour paillis"),
        ("Palettes de bois traité thermiquement", "Copeaux pour paillis"),
        ("Retailles de MDF", "MDF pour panneaux"),
        ("Huile à friture", "Huile pour biodiesel"),
        ("PCB boards", "Circuit boards"),
        ("Tuiles amiantées", "Matériaux avec amiante pour enfouissement"),
        ("Tôle galvanisée", "Acier galvanisé"),
        ("Bois sans peinture au plomb", "Bois pour meubles"),
        ("Cendres volantes de biomasse", "Cendres de bois pour sols agricoles"),
        ("Fly ash", "Fly ash for concrete"),
        ("Eau de refroidissement", "Eau de pluie"),
        ("Eau de puits", "Eau potable"),
        ("Sirop", "Sirop pour alimentation humaine"),
        ("Farine d’insectes", "Farine pour nourrir des poules"),
        ("Farine sans insectes", "Farine pour boulangerie"),
        ("Farine, livraison vers Montréal", "Farine pour boulangerie"),
        ("Panneaux de fibre de verre", "Paillis"),
        ("Panneaux de gypse sans papier", "Compost"),
        ("Panneaux de gypse", "Gypse agricole, amendement de sol"),
        ("Plastique recyclé de qualité alimentaire", "Plastique pour emballage alimentaire"),
        ("Plastique rebroyé", "Plastique pour bacs à fleurs"),
        ("Huile usée de friture", "Huile pour biodiesel"),
        ("Résidus de viande", "Nourriture pour chiens"),
        ("Écorces de pin", "Paillis"),
        ("Palettes usagées propres", "Palettes pour un jardin"),
        ("Drêche humide de microbrasserie", "Drêche pour nourrir des vaches"),
        ("Huile à friture usée", "Huile pour biodiesel"),
        ("Rejets alimentaires", "Nourriture pour porcs"),
        ("Litière souillée", "Amendement pour sols agricoles"),
        ("Carton souillé de nourriture", "Matières pour compostage"),
        ("Éthanol usé", "Éthanol pour laver des pièces"),
        ("Sel de voirie", "Sel pour déneiger"),
        ("Sable non souillé", "Sable pour bac à sable"),
        ("Farine d’os", "Farine pour nourrir des porcs"),
        ("Farine d’insectes", "Farine pour poules"),
        ("Drêche de brasserie", "Drêche pour vaches"),
        ("Paille souillée", "Fumier d’écurie pour champs"),
        ("Barils souillés", "Barils pour fumier de cheval"),
        ("Tôle galvanisée", "Tôle pour étable"),
        ("Poteaux de bois traité", "Poteaux pour clôture de chevaux"),
        ("Hydraulic oil", "Oil for farm machinery"),
        ("Huile usée de moteur", "Huile usée pour chauffage de serre"),
        ("Huile à moteur usée", "Huile pour chauffage d’une étable"),
        ("Huile usée", "Huile de restaurant pour biodiesel"),
        ("Barils souillés", "Barils pour huile usée de restaurant"),
        ("Panneaux de MDF", "MDF pour armoires de cuisine"),
        ("Aliments moisis", "Aliments moisis pour compostage"),
        ("Litière souillée", "Litière souillée pour épandage"),
        ("Sel de voirie", "Sel pour routes"),
        ("Acide usé", "Acid for pickling steel"),
        ("Cartons cirés", "Carton pour briquettes"),
        ("Sols contaminés", "Matériau pour remblai stable"),
        ("Plastique souillé", "Bouteilles pour PET recyclé"),
        ("Litière souillée", "Fumier pour culture de légumes"),
        ("Litière souillée", "Litière souillée pour épandage au sol"),
        ("Tôle galvanisée", "Acier galvanisé ou non galvanisé"),
        ("Huile avec des BPC", "Huile contenant des BPC"),
        ("Huile avec des BPC", "Huiles usées, BPC acceptés"),
        ("Tuiles amiantées", "Asbestos for burial"),
        ("Tuiles amiantées", "Tuiles avec ou sans amiante"),
        ("Tubes fluorescents", "Tubes fluorescents à recycler"),
    ];

    #[test]
    fn what_harms_a_use_is_kept_from_it_in_both_languages() {
        for (offer, request) in HARMS {
            assert!(is_kept(offer, request), "{offer} / {request}");
        }
        for (offer, request) in FITS {
            assert!(!is_kept(offer, request), "{offer} / {request}");
        }
    }

    #[test]
    fn a_mention_that_does_not_plainly_seek_it_opens_no_door_to_what_is_for_few() {
        for unwanted in UNWANTED {
            for [before, after] in [[", ", ""], [" (", ")"], [" - ", ""]] {
                let request = format!("matière usée{before}{unwanted}{after}");
                let offer = "huile avec BPC et amiante";
                assert!(is_kept(offer, &request) && !told(&request).seeks_hazard(), "{request}");
                assert!(told(&request).doubts_hazard(), "{request}");
            }
            let remark = Told::of_remark(&Text::new(unwanted));
            assert!(!remark.seeks_hazard() && remark.doubts_hazard(), "{unwanted}");
        }
        assert!(told("Huile contenant des BPC").seeks_hazard());
        assert!(!told("Huile contenant des BPC").doubts_hazard());
        assert!(!told("Huile").seeks_hazard() && !told("Huile").doubts_hazard());
        let refused = told("Huile contenant des BPC").with(Told::of_remark(&Text::new("sans BPC")));
        assert!(!refused.seeks_hazard() && refused.doubts_hazard());
    }

    #[test]
    fn words_tell_what_is_hazardous_and_who_must_take_nothing_that_is() {
        assert!(told("Bardeaux avec amiante").is_hazardous() && !told("Bardeaux").is_hazardous());
        assert!(!told("Bardeaux sans amiante").is_hazardous());
        assert!(!told("Gypse, amiante : négatif").is_hazardous());
        assert!(told("Terre pour un potager").is_careful && !told("Terre pour remblai").is_careful);
        assert!(!told("Résidus alimentaires").is_careful && told("Barils de qualité alimentaire").is_careful);
        let (french, english) = why(told("Bardeaux avec amiante").is).unwrap();
        assert!(french.starts_with("amiante, que la demande") && english.starts_with("asbestos, which"));
        assert_eq!(why(0), None);
    }
}
