-- title_fr: Flux par type et sens
-- title_en: Flows by type and direction
-- description_fr: Offres et demandes par type (matière, énergie, eau, équipement, main-d’œuvre, expertise, espace, transport) : nombre de flux.
-- description_en: Offers and requests by type (material, energy, water, equipment, labour, expertise, space, transport): number of flows.
-- dimension type: Type | Type
-- dimension sens: Sens | Direction
-- measure nombre [nombre]: Nombre de flux | Number of flows
-- contributors: groupe

SELECT enregistrement, groupe, type, sens,
       CAST(1 AS BIGINT) AS nombre
FROM flux
