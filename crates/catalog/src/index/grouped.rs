//! Numbers in groups.

/// The members of each of some groups, one group after the other.
pub(super) struct Grouped {
    ends: Vec<u32>,
    members: Vec<u32>,
}

impl Grouped {
    /// Counting sort of pairs of a group and a member: the members of each group stay in the order of the pairs.
    pub(super) fn new(pairs: &[(u32, u32)], groups: usize) -> Self {
        let mut ends = vec![0_u32; groups];
        for (group, _) in pairs {
            ends[*group as usize] += 1;
        }
        let mut total = 0;
        for end in &mut ends {
            let count = *end;
            *end = total;
            total += count;
        }
        let mut members = vec![0; pairs.len()];
        for (group, member) in pairs {
            let slot = &mut ends[*group as usize];
            members[*slot as usize] = *member;
            *slot += 1;
        }
        Self { ends, members }
    }

    pub(super) fn of(&self, group: u32) -> &[u32] {
        let at = group as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.members[start as usize..self.ends[at] as usize]
    }

    /// Each group, so that its members can be put into another order.
    pub(super) fn each_mut(&mut self) -> Vec<&mut [u32]> {
        let mut rest = self.members.as_mut_slice();
        let mut start = 0;
        let next = |end: &u32| {
            let (group, after) = std::mem::take(&mut rest).split_at_mut((end - start) as usize);
            (rest, start) = (after, *end);
            group
        };
        self.ends.iter().map(next).collect()
    }

    /// All members, group after group.
    pub(super) fn into_members(self) -> Vec<u32> {
        self.members
    }
}

#[cfg(test)]
mod tests {
    use super::Grouped;

    #[test]
    fn members_stay_in_the_order_of_the_pairs() {
        let mut grouped = Grouped::new(&[(2, 7), (0, 9), (2, 3), (0, 1)], 4);
        assert_eq!([0, 1, 2, 3].map(|group| grouped.of(group)), [&[9, 1][..], &[], &[7, 3], &[]]);
        for group in grouped.each_mut() {
            group.sort_unstable();
        }
        assert_eq!(grouped.into_members(), [1, 9, 3, 7]);
    }
}
