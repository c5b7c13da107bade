//! Work on every core whose result does not tell how many there were.

/// Gives `work` contiguous parts of `items` with the place of each part's first item; results in
/// the order of the items.
pub(crate) fn in_parts<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let size = items.len().div_ceil(threads).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> = items
            .chunks(size)
            .enumerate()
            .map(|(part, items)| scope.spawn(move || work(part * size, items)))
            .collect();
        parts
            .into_iter()
            .map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::in_parts;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..101).collect();
        let parts = in_parts(&items, |start, items| {
            assert_eq!(items.first(), Some(&start));
            items.iter().map(|item| item * 2).collect::<Vec<_>>()
        });
        assert!(parts.concat().into_iter().eq((0..101).map(|item| item * 2)));
        assert!(in_parts(&[] as &[u8], |_, items| items.len()).is_empty());
    }
}
