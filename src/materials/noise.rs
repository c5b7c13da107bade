//! Words of offers and requests that name no material, in their folded spelling.
//!
//! They are known, so that no repair turns `tonnes` into `tonneau`, and they count for nothing.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Units, times, quantities, verbs and politeness of everyday offers.
const NOISE: &str = "
    about accepte acceptons achete acheter acheteur achetons actuellement afin aimerait aimerions ainsi
    ajout alentour annee annees annuel annuelle ans approx approximativement apres arrive arrivent
    attente aucun aucune aussi autre autres available avant avoir avons ayant beaucoup belle besoin
    besoins bons cause cedons certain certains chaque chargee chargees cherche cherchons chez client
    clients comme complet contenu contient couleur coupe coupes courte debarrasser debarrassons dehors
    demande demi depuis deux dimanche dimension dimensions dispo disponibles dispose disposer dizaine
    dollars donne donner donnons dont douzaine due ecart egalement elle elles encore entre entreprise
    entreprises environ est eviter fin fins fois format formats frais generalement genere generons
    genre get grand grande grandes grands gratos gratuit gratuitement grosse grosses haut haute
    hebdomadaire heure heures hiver hors ici il ils immediatement interesse interesses janvier jete
    jeter jetons jeudi jour journee jours jusqu kg kilo kilos large largeur lb lbs libre libres litre
    litres long longue longueur looking lot lots lundi mardi matin meme mensuel mercredi metre metres
    mettre moins mois moitie month monthly morceau morceaux moyen moyenne need needed non nord nous
    nouveau nouvelle nuit offert offerte offerts offre offrir offrons ont operation origine ouvert par
    partie parties partir passe passee payer pendant period periode peu peut piece pieces pieds plein
    pleine pleines pleins possibilite possible pouce pouces pouvons prendre preneur preneurs prenons
    pres preterions prise prix prochain provenance provenant qualite quantite quantites quebec quelqu
    quelque quelques quotidien ramasse ramasser ramassons recevons recherche recherchons recu recuperer
    regulier reguliere regulierement reprenons reste restent rincees samedi secs selon semaine semaines
    seulement soir sommes sorte sortes sous souvent suite taille tailles tel temps ton tonne tonnes
    tons toujours tous tout toute trie triee triees tries trois trop type types unite unites utilise
    utilisee utilises vend vendons vendre vendredi vente verge verges vers veut volume voudrait
    voudrions voulons vous vrac week weekly year yearly
";

static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| words().collect());

/// Whether a folded word only serves the sentence.
pub(super) fn is_noise(folded: &str) -> bool {
    WORDS.contains(folded)
}

/// Every word of the list.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    NOISE.split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::is_noise;
    use crate::model::fold;

    #[test]
    fn words_are_folded_and_name_no_material() {
        assert!(super::words().all(|word| fold(word) == word));
        assert!(is_noise("tonnes") && !is_noise("bois"));
        let thesaurus = crate::materials::thesaurus::thesaurus();
        let named: Vec<&str> = super::words()
            .filter(|word| !thesaurus.find(&crate::materials::words::stem(word)).is_empty())
            .collect();
        assert_eq!(named, Vec::<&str>::new());
    }
}
