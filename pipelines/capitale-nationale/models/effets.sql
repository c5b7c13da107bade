-- title_fr: Effets des synergies réalisées
-- title_en: Effects of realised synergies
-- description_fr: Masse annuelle des synergies réalisées : détournée de l’élimination (destination antérieure : enfouissement ou incinération) ou réorientée (déjà recyclée, compostée ou réemployée). GES évités et coûts d’élimination évités : intervalle entre le plus bas et le plus haut facteur; sans facteur, la valeur reste inconnue. Les synergies de classe C (auraient eu lieu de toute façon) sont exclues.
-- description_en: Annual mass of realised synergies: diverted from disposal (previous destination: landfill or incineration) or redirected (already recycled, composted or reused). GHG avoided and disposal cost avoided: interval between the lowest and highest factor; without a factor the value stays unknown. Class C synergies (would have happened anyway) are excluded.
-- dimension voie: Voie | Route
-- dimension categorie: Catégorie | Category
-- measure kg_an [kg/an]: Masse annuelle connue | Known annual mass
-- measure ges_kg_bas [kg CO2e/an] from kg_an: GES évités, borne basse | GHG avoided, lower bound
-- measure ges_kg_haut [kg CO2e/an] from kg_an: GES évités, borne haute | GHG avoided, upper bound
-- measure cout_cents_bas [cents CAD/an] from kg_an: Coût d’élimination évité, borne basse | Disposal cost avoided, lower bound
-- measure cout_cents_haut [cents CAD/an] from kg_an: Coût d’élimination évité, borne haute | Disposal cost avoided, upper bound
-- contributors: groupe_fournisseur, groupe_receveur

-- Method: T = sum of q; AE = q x (EF disposal - EF route), storage of carbon left out; C = q x tariff.
SELECT s.enregistrement, s.groupe_fournisseur, s.groupe_receveur,
       CASE WHEN s.destination IN ('enfouissement', 'incineration') THEN 'detourne'
            WHEN s.destination IN ('recyclage', 'compostage', 'reemploi') THEN 'reoriente'
            ELSE 'inconnu' END AS voie,
       s.categorie, s.kg_an,
       (s.kg_an * f.bas_kg_co2e_t) / 1000 AS ges_kg_bas,
       (s.kg_an * f.haut_kg_co2e_t) / 1000 AS ges_kg_haut,
       (s.kg_an * t.bas_cents_t) / 1000 AS cout_cents_bas,
       (s.kg_an * t.haut_cents_t) / 1000 AS cout_cents_haut
FROM synergies s
LEFT JOIN facteurs_ges f ON f.categorie = s.categorie AND f.destination = s.destination
LEFT JOIN tarifs_elimination t ON t.destination = s.destination
WHERE s.statut = 'realisee' AND (s.attribution IS NULL OR s.attribution <> 'C') AND s.kg_an IS NOT NULL
