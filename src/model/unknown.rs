//! Words that say that nothing is known.

use super::text::fold;

/// Whether a cell says in words that nothing is known: `n.d.`, `à préciser`, a mark without a letter.
#[must_use]
pub fn is_null(text: &str) -> bool {
    let text = text.trim();
    if !text.chars().any(char::is_alphanumeric) {
        return true;
    }
    matches!(
        fold(text).as_str(),
        "nd" | "n d"
            | "na"
            | "n a"
            | "nsp"
            | "inconnu"
            | "inconnue"
            | "unknown"
            | "null"
            | "none"
            | "vide"
            | "nil"
            | "non disponible"
            | "non determine"
            | "non determinee"
            | "a determiner"
            | "a preciser"
            | "a venir"
            | "variable"
            | "non applicable"
            | "sans objet"
            | "s o"
            | "so"
            | "tbd"
            | "ne sait pas"
            | "a discuter"
            | "selon besoin"
            | "selon les besoins"
            | "au besoin"
            | "sur demande"
            | "aucune idee"
            | "negociable"
            | "negotiable"
            | "a negocier"
            | "a convenir"
            | "selon entente"
            | "to be discussed"
            | "to be determined"
            | "don t know"
            | "not applicable"
            | "not available"
            | "varies"
            | "varie"
    )
}
