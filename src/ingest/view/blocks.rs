//! Blocks of whole lines, made ready as csv side by side and taken in their order.

use super::super::dialect::Dialect;
use super::recast::{Recast, Survey};
use std::io::{self, Read};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

/// Bytes that are looked at at a time; a line is shorter.
pub(super) const BLOCK: usize = 1 << 17;
/// Threads that work on blocks.
const MOST_THREADS: usize = 4;

/// Whole lines, each with its break.
pub(super) struct Block {
    bytes: Vec<u8>,
    /// How many of the bytes are lines.
    filled: usize,
    /// Bytes of the text.
    pub(super) read: u64,
    /// What the lines have in common; none when they are none that can be passed on.
    pub(super) survey: Option<Survey>,
    /// The lines as csv.
    pub(super) ready: Vec<u8>,
}

impl Block {
    fn new() -> Self {
        // The last line may have no break of its own.
        Self { bytes: vec![0; BLOCK + 1], filled: 0, read: 0, survey: None, ready: Vec::new() }
    }

    fn work(&mut self, recast: &mut Recast) {
        self.ready.clear();
        self.survey = recast.lines(&mut self.bytes[..self.filled], &mut self.ready);
    }
}

/// Shows the blocks of a text, in their order; ends when `show` wants no more.
pub(super) fn blocks<E: From<io::Error>>(
    mut source: impl Read,
    dialect: &Dialect,
    mut show: impl FnMut(&mut Block) -> Result<bool, E>,
) -> Result<(), E> {
    let mut rest = Vec::new();
    let mut first = Block::new();
    if !fill(&mut source, &mut first, &mut rest)? {
        first.work(&mut Recast::new(dialect));
        return show(&mut first).map(|_| ());
    }
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (give, given) = mpsc::channel();
                let (put, done) = mpsc::channel();
                scope.spawn(move || work(&given, &put, dialect));
                (give, done)
            })
            .collect();
        let ended = || E::from(io::Error::from(io::ErrorKind::BrokenPipe));
        let (mut next, mut spare) = (Some(first), Vec::new());
        let (mut more, mut sent, mut taken) = (true, 0, 0);
        loop {
            while sent - taken < threads * 2
                && let Some(block) = next.take()
            {
                workers[sent % threads].0.send(block).map_err(|_| ended())?;
                sent += 1;
                if more {
                    let mut block = spare.pop().unwrap_or_else(Block::new);
                    more = fill(&mut source, &mut block, &mut rest)?;
                    next = Some(block);
                }
            }
            if taken == sent {
                return Ok(());
            }
            let mut block = workers[taken % threads].1.recv().map_err(|_| ended())?;
            taken += 1;
            if !show(&mut block)? {
                return Ok(());
            }
            spare.push(block);
        }
    })
}

fn work(given: &Receiver<Block>, put: &Sender<Block>, dialect: &Dialect) {
    let mut recast = Recast::new(dialect);
    for mut block in given {
        block.work(&mut recast);
        if put.send(block).is_err() {
            return;
        }
    }
}

/// Fills a block up to the last whole line; `rest` is what follows it. Whether more may come.
fn fill(source: &mut impl Read, block: &mut Block, rest: &mut Vec<u8>) -> io::Result<bool> {
    let mut filled = rest.len();
    block.bytes[..filled].copy_from_slice(rest);
    rest.clear();
    while filled < BLOCK {
        match source.read(&mut block.bytes[filled..BLOCK]) {
            Ok(0) => {
                block.read = filled as u64;
                block.bytes[filled] = b'\n';
                block.filled = filled + usize::from(filled > 0 && block.bytes[filled - 1] != b'\n');
                return Ok(false);
            }
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // Bytes without a break are no whole line, and so none that can be passed on.
    block.filled = memchr::memrchr(b'\n', &block.bytes[..BLOCK]).map_or(BLOCK, |last| last + 1);
    block.read = block.filled as u64;
    rest.extend_from_slice(&block.bytes[block.filled..BLOCK]);
    Ok(true)
}
