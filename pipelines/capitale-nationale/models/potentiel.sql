-- title_fr: Potentiel des maillages, chaque kilogramme compté une fois
-- title_en: Potential of the matches, each kilogram counted once
-- description_fr: Masse annuelle du plan de maillages qui détourne le plus de matière sans qu’une offre donne plus qu’elle n’a ni qu’une demande prenne plus que son besoin. Seuls comptent les maillages potentiels dont les deux quantités sont connues, et d’une chaîne passant par un traitement, ce qui en reste au moins. D’autres plans peuvent atteindre le même total avec une autre répartition par catégorie.
-- description_en: Annual mass of the plan of matches that diverts the most material while no offer gives more than it has and no request takes more than it needs. Only potential matches whose two quantities are known count, and of a chain through a treatment what is left at least. Other plans may reach the same total with another split by category.
-- dimension categorie: Catégorie | Category
-- measure kg_an [kg/an]: Masse annuelle du plan | Annual mass of the plan
-- contributors: groupe_extrant, groupe_intrant
-- ceiling kg_an of groupe_extrant: flux_par_parc.kg_an where sens = extrant
-- ceiling kg_an of groupe_intrant: flux_par_parc.kg_an where sens = intrant

-- Method: transportation problem in whole numbers, optimum proven by prices, with chains to some kilograms (docs/matching.md).
SELECT enregistrement, groupe_extrant, groupe_intrant, categorie, kg_an_portefeuille AS kg_an
FROM maillages
WHERE kg_an_portefeuille > 0
