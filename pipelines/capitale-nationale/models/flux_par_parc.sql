-- title_fr: Flux par parc, catégorie et sens
-- title_en: Flows by park, category and direction
-- description_fr: Offres (extrants) et demandes (intrants) de matières par parc et par catégorie : nombre de flux, et masse annuelle des flux dont la quantité est connue. Une quantité inconnue n’est pas comptée comme zéro.
-- description_en: Offers (extrants) and requests (intrants) by park and category: number of flows, and annual mass of the flows whose quantity is known. An unknown quantity is not counted as zero.
-- dimension parc: Parc | Park
-- dimension categorie: Catégorie | Category
-- dimension sens: Sens | Direction
-- measure nombre [nombre]: Nombre de flux | Number of flows
-- measure kg_an [kg/an]: Masse annuelle connue | Known annual mass
-- contributors: groupe

SELECT enregistrement, groupe, parc, categorie, sens,
       CAST(1 AS BIGINT) AS nombre, kg_an
FROM flux
