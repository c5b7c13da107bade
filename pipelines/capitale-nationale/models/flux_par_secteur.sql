-- title_fr: Flux par secteur et sens
-- title_en: Flows by sector and direction
-- description_fr: Offres et demandes par secteur d’activité (deux premiers chiffres du SCIAN) : nombre de flux et masse annuelle connue.
-- description_en: Offers and requests by activity sector (first two NAICS digits): number of flows and known annual mass.
-- dimension secteur: Secteur (SCIAN, 2 chiffres) | Sector (NAICS, 2 digits)
-- dimension sens: Sens | Direction
-- measure nombre [nombre]: Nombre de flux | Number of flows
-- measure kg_an [kg/an]: Masse annuelle connue | Known annual mass
-- contributors: groupe

SELECT enregistrement, groupe, secteur, sens,
       CAST(1 AS BIGINT) AS nombre, kg_an
FROM flux
