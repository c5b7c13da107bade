-- title_fr: Entreprises participantes par parc
-- title_en: Participating companies by park
-- description_fr: Entreprises qui ont déclaré au moins une offre ou une demande, par parc.
-- description_en: Companies that declared at least one offer or request, by park.
-- dimension parc: Parc | Park
-- measure nombre [nombre]: Nombre d’entreprises | Number of companies
-- contributors: groupe

SELECT entreprise AS enregistrement, groupe, parc,
       CAST(1 AS BIGINT) AS nombre
FROM entreprises
