//! Texts of what keeps new values back, for who runs the publication.

use super::{FindingKind as K, Line};

pub(super) const LINES: &[Line] = &[
    (
        K::NewsPaused,
        "Des changements attendent, et rien de nouveau n'est montré: la moitié des places pour des versions qui diffèrent est prise, et les suivantes sont espacées.",
        "Changes wait, and nothing new is shown: half of the places for versions that differ are taken, and the next ones are spread.",
        "Rien à faire: la prochaine version vient d'elle-même. `disclosure.history_days` plus court les rapproche, et protège moins longtemps.",
        "Nothing to do: the next version comes by itself. A shorter `disclosure.history_days` brings them closer together, and protects for less long.",
    ),
    (
        K::NewsWithoutPlace,
        "Des changements attendent, et rien de nouveau n'est montré: toutes les places pour des versions qui diffèrent sont prises par celles qui comptent encore.",
        "Changes wait, and nothing new is shown: every place for versions that differ is taken by one that still counts.",
        "Attendre: une version ne compte plus `disclosure.history_days` jours après que les lecteurs en ont vu une valeur pour la dernière fois, ce que `maillage rollback` prolonge. Un délai plus court libère des places tout de suite, et protège moins longtemps.",
        "Wait: a version no longer counts `disclosure.history_days` days after readers last saw a value of it, which `maillage rollback` prolongs. Fewer days free places at once, and protect for less long.",
    ),
    (
        K::NewsBlocked,
        "Des changements attendent, et rien de nouveau n'est montré: ce que des versions précédentes ont montré ne peut être protégé avec aucun d'eux, ou seulement en retenant plus que ce qui serait montré. Cela arrive quand peu d'entreprises changent, quand l'une part ou que ses flux passent d'une case à une autre, ou que ces versions viennent d'une version antérieure du programme.",
        "Changes wait, and nothing new is shown: what earlier releases showed cannot be protected together with any of them, or only by withholding more than would be shown. This happens where few companies change, where one leaves or its flows move from one cell to another, or where a former version of the program made those releases.",
        "Attendre que ces versions ne comptent plus (`disclosure.history_days`). Si cela dure au-delà, la dernière en est: commencer une nouvelle publication, avec un nouveau dossier d'état et un nouveau dossier publié; qui a gardé les anciens fichiers peut encore les comparer.",
        "Wait until these releases no longer count (`disclosure.history_days`). If it lasts beyond that, the last one is among them: begin a new publication, with a new state folder and a new published folder; whoever kept the old files can still compare them.",
    ),
];
