//! A flow of least cost through a network, in whole numbers, with the prices that prove it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Above every real distance and amount, and far from overflow.
pub(super) const FAR: i64 = i64::MAX / 4;

/// Arcs in pairs: an arc and, next to it, its reverse. Forty bytes a pair, for there may be ten million.
#[derive(Debug)]
pub(super) struct Network {
    /// Arcs that leave each node, node after node in the order in which they were added, and where those
    /// of each node begin; laid out once all are there.
    leaving: Vec<u32>,
    starts: Vec<u32>,
    to: Vec<u32>,
    left: Vec<i64>,
    /// Of each pair; the reverse costs as much less.
    cost: Vec<i64>,
}

impl Network {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            leaving: Vec::new(),
            starts: vec![0; nodes + 1],
            to: Vec::new(),
            left: Vec::new(),
            cost: Vec::new(),
        }
    }

    /// Adds an arc. Arcs must be added from the source towards the sink, layer by layer, when some cost
    /// is negative.
    pub(super) fn add(&mut self, from: usize, to: usize, most: i64, cost: i64) {
        self.to.extend([number(to), number(from)]);
        self.left.extend([most, 0]);
        self.cost.push(cost);
    }

    /// Numbers of the arcs that are added next.
    pub(super) fn next_arcs(&self) -> impl Iterator<Item = usize> + use<> {
        (self.to.len()..).step_by(2)
    }

    fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    fn to(&self, arc: usize) -> usize {
        self.to[arc] as usize
    }

    fn cost(&self, arc: usize) -> i64 {
        let cost = self.cost[arc / 2];
        if arc.is_multiple_of(2) { cost } else { -cost }
    }

    /// Arcs that leave a node.
    fn leaving(&self, node: usize) -> impl Iterator<Item = usize> {
        let range = self.starts[node] as usize..self.starts[node + 1] as usize;
        self.leaving[range].iter().map(|arc| *arc as usize)
    }

    /// Lays the arcs out by the node that they leave.
    fn lay_out(&mut self) {
        let mut next = vec![0_u32; self.nodes() + 1];
        for arc in 0..self.to.len() {
            next[self.to(arc ^ 1) + 1] += 1;
        }
        for node in 0..self.nodes() {
            next[node + 1] += next[node];
        }
        self.starts.clone_from(&next);
        self.leaving = vec![0; self.to.len()];
        for arc in 0..self.to.len() {
            let place = &mut next[self.to[arc ^ 1] as usize];
            self.leaving[*place as usize] = number(arc);
            *place += 1;
        }
    }

    /// What an arc carries.
    pub(super) fn carried(&self, arc: usize) -> i64 {
        self.left[arc ^ 1]
    }

    /// Sends what lowers the total cost, and gives the potential of every node. At the end no
    /// arc with room left is cheaper than the difference of the potentials of its ends.
    pub(super) fn least_cost(&mut self, source: usize, sink: usize) -> Vec<i64> {
        self.lay_out();
        let mut potential = self.first_potentials(source);
        if potential[sink] >= FAR {
            return vec![0; self.nodes()];
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
        let mut potential = vec![FAR; self.nodes()];
        potential[source] = 0;
        for arc in (0..self.to.len()).step_by(2) {
            let (from, to) = (self.to(arc + 1), self.to(arc));
            if self.left[arc] > 0 && potential[from] < FAR {
                potential[to] = potential[to].min(potential[from] + self.cost(arc));
            }
        }
        potential
    }

    /// Dijkstra's distances over arcs with room, by cost reduced with the potentials.
    fn distances(&self, source: usize, potential: &[i64]) -> Vec<i64> {
        let mut distance = vec![FAR; self.nodes()];
        let mut open = BinaryHeap::from([Reverse((0_i64, source))]);
        distance[source] = 0;
        while let Some(Reverse((far, node))) = open.pop() {
            if far > distance[node] {
                continue;
            }
            for arc in self.leaving(node) {
                let to = self.to(arc);
                let reduced = self.cost(arc) + potential[node] - potential[to];
                if self.left[arc] > 0 && far + reduced < distance[to] {
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
            if level[sink] == u32::MAX {
                return;
            }
            let mut next = self.starts.clone();
            while self.advance(source, sink, &level, &mut next, potential) {}
        }
    }

    fn is_open(&self, arc: usize, from: usize, potential: &[i64]) -> bool {
        self.left[arc] > 0 && self.cost(arc) + potential[from] == potential[self.to(arc)]
    }

    fn levels(&self, source: usize, potential: &[i64]) -> Vec<u32> {
        let mut level = vec![u32::MAX; self.nodes()];
        level[source] = 0;
        let mut open = VecDeque::from([source]);
        while let Some(node) = open.pop_front() {
            for arc in self.leaving(node) {
                let to = self.to(arc);
                if level[to] == u32::MAX && self.is_open(arc, node, potential) {
                    level[to] = level[node] + 1;
                    open.push_back(to);
                }
            }
        }
        level
    }

    /// One path to the sink, filled; `next` is the first arc of each node that may lead there.
    fn advance(
        &mut self,
        source: usize,
        sink: usize,
        level: &[u32],
        next: &mut [u32],
        potential: &[i64],
    ) -> bool {
        let mut path: Vec<usize> = Vec::new();
        let mut node = source;
        while node != sink {
            if next[node] < self.starts[node + 1] {
                let arc = self.leaving[next[node] as usize] as usize;
                let to = self.to(arc);
                if level[to] == level[node] + 1 && self.is_open(arc, node, potential) {
                    path.push(arc);
                    node = to;
                } else {
                    next[node] += 1;
                }
            } else {
                let Some(back) = path.pop() else { return false };
                node = self.to(back ^ 1);
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

/// Fewer than four thousand million nodes and arcs: more would not fit in the memory of a machine.
fn number(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than 2^32 nodes and arcs")
}
