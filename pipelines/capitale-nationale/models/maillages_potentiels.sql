-- title_fr: Maillages potentiels entre les parcs
-- title_en: Potential matches between parks
-- description_fr: Paires offre-demande dont la note atteint le seuil, dont les matières s’accordent plus que par leur catégorie et que rien n’exclut (danger refusé, périodes sans rencontre), par parc de l’offre, parc de la demande et catégorie. Les maillages potentiels ne comptent jamais dans l’objectif.
-- description_en: Offer-request pairs whose score reaches the threshold, whose materials agree more than by their category and that nothing rules out (hazard refused, periods that never meet), by park of the offer, park of the request and category. Potential matches never count toward the objective.
-- dimension parc_extrant: Parc de l’offre | Park of the offer
-- dimension parc_intrant: Parc de la demande | Park of the request
-- dimension categorie: Catégorie | Category
-- measure nombre [nombre]: Nombre de maillages potentiels | Number of potential matches
-- contributors: groupe_extrant, groupe_intrant

SELECT enregistrement, groupe_extrant, groupe_intrant, parc_extrant, parc_intrant, categorie,
       CAST(1 AS BIGINT) AS nombre
FROM maillages
