use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError, mpsc::sync_channel},
    thread::{available_parallelism, scope},
};

/// Works on items in as many threads as there are processors, each of which takes `chunk` of them at a time, and hands the results over
/// in the order of the items. At any time only the results of a few chunks exist.
pub(super) fn in_order<T: Send, R: Send>(
    items: Vec<T>,
    chunk: usize,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R),
) {
    let threads = available_parallelism().map_or(1, usize::from);
    if threads == 1 || items.len() <= chunk {
        return items.into_iter().map(work).for_each(take);
    }
    let waiting = Mutex::new((0, items.into_iter()));
    let next_chunk = || {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let taken: Vec<T> = waiting.1.by_ref().take(chunk).collect();
        waiting.0 += 1;
        (!taken.is_empty()).then_some((waiting.0, taken))
    };
    let (sender, receiver) = sync_channel(threads);
    scope(|scope| {
        for _ in 0..threads {
            let (sender, next_chunk, work) = (sender.clone(), &next_chunk, &work);
            scope.spawn(move || {
                while let Some((number, taken)) = next_chunk() {
                    let results: Vec<R> = taken.into_iter().map(work).collect();
                    if sender.send((number, results)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        // Chunks come in nearly the right order.
        let mut early = BTreeMap::new();
        let mut next = 1;
        for (number, results) in receiver {
            early.insert(number, results);
            while let Some(results) = early.remove(&next) {
                results.into_iter().for_each(&mut take);
                next += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for count in [0, 1, 256, 257, 10_000] {
            let mut results = Vec::new();
            in_order((0..count).collect(), 256, |item: usize| item * 2, |result| results.push(result));
            assert_eq!(results, (0..count).map(|item| item * 2).collect::<Vec<_>>(), "{count}");
        }
    }
}
