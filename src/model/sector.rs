//! Sectors of activity, two digits of the North American Industry Classification System
//! (NAICS Canada 2022, Statistics Canada). The titles are short ones of our own.

/// Code, title in French, title in English; in the order of the codes.
pub const SECTORS: [(&str, &str, &str); 24] = [
    ("11", "Agriculture et foresterie", "Agriculture and forestry"),
    ("21", "Extraction", "Extraction"),
    ("22", "Services publics", "Utilities"),
    ("23", "Construction", "Construction"),
    ("31", "Fabrication, aliments et textiles", "Manufacturing, food and textiles"),
    ("32", "Fabrication, bois, papier, chimie", "Manufacturing, wood, paper, chemicals"),
    ("33", "Fabrication, métaux et machines", "Manufacturing, metals and machines"),
    ("41", "Commerce de gros", "Wholesale"),
    ("44", "Commerce de détail", "Retail"),
    ("45", "Commerce de détail, autres magasins", "Retail, other stores"),
    ("48", "Transport", "Transport"),
    ("49", "Entreposage", "Warehousing"),
    ("51", "Information et culture", "Information and culture"),
    ("52", "Finance et assurances", "Finance and insurance"),
    ("53", "Immobilier et location", "Real estate and rental"),
    ("54", "Services professionnels", "Professional services"),
    ("55", "Gestion de sociétés", "Management of companies"),
    ("56", "Services administratifs et déchets", "Administrative and waste services"),
    ("61", "Enseignement", "Education"),
    ("62", "Santé et assistance sociale", "Health and social assistance"),
    ("71", "Arts et loisirs", "Arts and recreation"),
    ("72", "Restauration", "Food services"),
    ("81", "Autres services", "Other services"),
    ("91", "Administrations publiques", "Public administration"),
];
