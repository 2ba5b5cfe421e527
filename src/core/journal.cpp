#include "core/journal.hpp"

#include <algorithm>

namespace redvip {
namespace {

// A line that the dataset is in again, or was found to have left earlier than believed: an older
// snapshot was restored. What came after it is gone.
bool rewound(std::vector<PastLine>& past, const std::string& replid) {
  const auto known = std::find_if(past.begin(), past.end(),
                                  [&](const PastLine& line) { return line.replid == replid; });
  if (known == past.end()) return false;
  past.erase(known, past.end());
  return true;
}

std::vector<PastLine> past_of(const Journal& before, const JournalEntry& now) {
  auto past = before.past;
  const auto& was = before.last;
  if (now.own.replid == was.own.replid) return past;
  const bool restarted = now.run_id != was.run_id;
  // What came back is not what was there.
  if (restarted && now.own.keys <= was.own.keys / 2) return {};
  if (rewound(past, now.own.replid)) return past;
  if (!now.replid2.empty()) {
    rewound(past, now.replid2);
    // REPLICAOF NO ONE, a partial resync, or (7.0) a master that loaded its RDB file.
    past.push_back({now.replid2, now.second_repl_offset - 1, true});
  } else if (restarted) {
    // An append-only file, or the RDB file of a 6.x master: the data is there, its ID is forgotten.
    past.push_back({was.own.replid, was.own.offset, false});
  } else if (now.joined_at) {
    past.push_back({was.own.replid, *now.joined_at, true});
  } else if (now.role == Role::master && was.role == Role::master) {
    // The first replica of a master that did not count its writes yet.
    past.push_back({was.own.replid, was.own.offset, false});
  } else {
    return {};
  }
  if (past.size() > Journal::most_lines) past.erase(past.begin());
  return past;
}

}  // namespace

Journal noted(const std::optional<Journal>& before, const JournalEntry& entry) {
  Journal next{entry, before ? past_of(*before, entry) : std::vector<PastLine>{},
               before ? before->last_served : std::nullopt};
  if (!entry.served) return next;
  const auto& most = next.last_served;
  if (!most || most->replid != entry.own.replid || most->offset < entry.own.offset) {
    next.last_served = entry.own;
  }
  return next;
}

}  // namespace redvip
