-- title_fr: Synergies suivies par statut
-- title_en: Followed synergies by status
-- description_fr: Synergies suivies, par statut courant. Seules les synergies réalisées comptent dans l’objectif; une synergie est une paire d’entreprises et une ressource.
-- description_en: Followed synergies by current status. Only realised synergies count toward the objective; a synergy is one pair of companies and one resource.
-- dimension statut: Statut | Status
-- measure nombre [nombre]: Nombre de synergies | Number of synergies
-- contributors: groupe_fournisseur, groupe_receveur

SELECT enregistrement, groupe_fournisseur, groupe_receveur, statut,
       CAST(1 AS BIGINT) AS nombre
FROM synergies
