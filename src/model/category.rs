//! The eleven resource categories of the programme.

use super::code_enum;

code_enum!(
    /// One of the eleven resource categories, in the programme's order.
    Category, "categorie" {
        Wood = "bois",
        Paper = "carton_papier",
        Organic = "matieres_organiques",
        Metal = "metaux",
        Mineral = "mineraux",
        Product = "produits_composants",
        Polymer = "plastiques",
        Chemical = "produits_chimiques",
        Human = "ressources_humaines",
        Textile = "textile",
        Glass = "verre",
    }
);

impl Category {
    /// The programme's own name, in French.
    #[must_use]
    pub const fn title_fr(self) -> &'static str {
        match self {
            Self::Wood => "Bois",
            Self::Paper => "Carton et papier",
            Self::Organic => "Matières organiques",
            Self::Metal => "Métaux",
            Self::Mineral => "Minéraux non métalliques",
            Self::Product => "Produits, composants, matériaux mixtes et composites",
            Self::Polymer => "Plastiques, caoutchoucs et autres polymères",
            Self::Chemical => "Produits chimiques",
            Self::Human => "Ressources humaines",
            Self::Textile => "Textile",
            Self::Glass => "Verre",
        }
    }

    /// The name in English.
    #[must_use]
    pub const fn title_en(self) -> &'static str {
        match self {
            Self::Wood => "Wood",
            Self::Paper => "Paper and cardboard",
            Self::Organic => "Organic matter",
            Self::Metal => "Metals",
            Self::Mineral => "Non-metallic minerals",
            Self::Product => "Products, components, mixed and composite materials",
            Self::Polymer => "Plastics, rubber and other polymers",
            Self::Chemical => "Chemicals",
            Self::Human => "Human resources",
            Self::Textile => "Textile",
            Self::Glass => "Glass",
        }
    }
}
