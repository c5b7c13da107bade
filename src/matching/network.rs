//! A flow of least cost through a network, in whole numbers, with the prices that prove it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Above every real distance and amount, and far from overflow.
pub(super) const FAR: i64 = i64::MAX / 4;

/// Arcs in pairs: an arc and, next to it, its reverse.
#[derive(Debug)]
pub(super) struct Network {
    /// Arcs that leave each node.
    leaving: Vec<Vec<usize>>,
    to: Vec<usize>,
    left: Vec<i64>,
    cost: Vec<i64>,
}

impl Network {
    pub(super) fn new(nodes: usize) -> Self {
        Self { leaving: vec![Vec::new(); nodes], to: Vec::new(), left: Vec::new(), cost: Vec::new() }
    }

    /// Adds an arc; gives its number. Arcs must be added from the source towards the sink, layer
    /// by layer, when some cost is negative.
    pub(super) fn add(&mut self, from: usize, to: usize, most: i64, cost: i64) -> usize {
        let arc = self.to.len();
        self.leaving[from].push(arc);
        self.leaving[to].push(arc + 1);
        self.to.extend([to, from]);
        self.left.extend([most, 0]);
        self.cost.extend([cost, -cost]);
        arc
    }

    /// What an arc carries.
    pub(super) fn carried(&self, arc: usize) -> i64 {
        self.left[arc ^ 1]
    }

    /// Sends what lowers the total cost, and gives the potential of every node. At the end no
    /// arc with room left is cheaper than the difference of the potentials of its ends.
    pub(super) fn least_cost(&mut self, source: usize, sink: usize) -> Vec<i64> {
        let mut potential = self.first_potentials(source);
        if potential[sink] >= FAR {
            return vec![0; self.leaving.len()];
        }
        loop {
            let distance = self.distances(source, &potential);
            // A path to the sink that costs nothing or more is not worth using.
            let worth = -potential[sink];
            let reach = distance[sink].min(worth);
            for (potential, distance) in potential.iter_mut().zip(&distance) {
                *potential += (*distance).min(reach);
            }
            if distance[sink] >= worth {
                return potential;
            }
            self.saturate(source, sink, &potential);
        }
    }

    /// Shortest distances in a network without cycles, whose arcs were added layer by layer.
    fn first_potentials(&self, source: usize) -> Vec<i64> {
        let mut potential = vec![FAR; self.leaving.len()];
        potential[source] = 0;
        for arc in (0..self.to.len()).step_by(2) {
            let (from, to) = (self.to[arc + 1], self.to[arc]);
            if self.left[arc] > 0 && potential[from] < FAR {
                potential[to] = potential[to].min(potential[from] + self.cost[arc]);
            }
        }
        potential
    }

    /// Dijkstra's distances over arcs with room, by cost reduced with the potentials.
    fn distances(&self, source: usize, potential: &[i64]) -> Vec<i64> {
        let mut distance = vec![FAR; self.leaving.len()];
        let mut open = BinaryHeap::from([Reverse((0_i64, source))]);
        distance[source] = 0;
        while let Some(Reverse((far, node))) = open.pop() {
            if far > distance[node] {
                continue;
            }
            for arc in &self.leaving[node] {
                let to = self.to[*arc];
                let reduced = self.cost[*arc] + potential[node] - potential[to];
                if self.left[*arc] > 0 && far + reduced < distance[to] {
                    distance[to] = far + reduced;
                    open.push(Reverse((distance[to], to)));
                }
            }
        }
        distance
    }

    /// Sends all that fits along arcs whose reduced cost is nothing: blocking flows by levels.
    fn saturate(&mut self, source: usize, sink: usize, potential: &[i64]) {
        loop {
            let level = self.levels(source, potential);
            if level[sink] == usize::MAX {
                return;
            }
            let mut next = vec![0; self.leaving.len()];
            while self.advance(source, sink, &level, &mut next, potential) {}
        }
    }

    fn is_open(&self, arc: usize, from: usize, potential: &[i64]) -> bool {
        self.left[arc] > 0 && self.cost[arc] + potential[from] == potential[self.to[arc]]
    }

    fn levels(&self, source: usize, potential: &[i64]) -> Vec<usize> {
        let mut level = vec![usize::MAX; self.leaving.len()];
        level[source] = 0;
        let mut open = VecDeque::from([source]);
        while let Some(node) = open.pop_front() {
            for arc in &self.leaving[node] {
                let to = self.to[*arc];
                if level[to] == usize::MAX && self.is_open(*arc, node, potential) {
                    level[to] = level[node] + 1;
                    open.push_back(to);
                }
            }
        }
        level
    }

    /// One path to the sink, filled; `next` remembers arcs that lead nowhere.
    fn advance(
        &mut self,
        source: usize,
        sink: usize,
        level: &[usize],
        next: &mut [usize],
        potential: &[i64],
    ) -> bool {
        let mut path: Vec<usize> = Vec::new();
        let mut node = source;
        while node != sink {
            if let Some(arc) = self.leaving[node].get(next[node]).copied() {
                let to = self.to[arc];
                if level[to] == level[node] + 1 && self.is_open(arc, node, potential) {
                    path.push(arc);
                    node = to;
                } else {
                    next[node] += 1;
                }
            } else {
                let Some(back) = path.pop() else { return false };
                node = self.to[back ^ 1];
                next[node] += 1;
            }
        }
        let most = path.iter().map(|arc| self.left[*arc]).min().unwrap_or(0);
        for arc in path {
            self.left[arc] -= most;
            self.left[arc ^ 1] += most;
        }
        true
    }
}
