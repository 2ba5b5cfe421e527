// Which writes were acknowledged to a client, and which of them a fault may excuse: those whose
// last copy was in the memory of a process that was killed.
#pragma once

#include "sim/link_model.hpp"

namespace redvip::sim {

class Ledger {
 public:
  void acknowledged(Key key, const Dataset& copies) {
    acknowledged_.set(key);
    if (!copies.test(key) && !kept_.test(key)) excused_.set(key);
  }
  // A process ended that had these; `copies` is what the others have.
  void died_with_process(const Dataset& copies, const Dataset& had) {
    excused_ |= had & ~copies & ~kept_;
  }
  // They are there again: from a disk, or from the wire.
  void revived(const Dataset& data) { excused_ &= ~data; }
  void kept(const Dataset& data) { kept_ |= data; }
  // An operator was asked and decided that this data may go.
  void given_up(const Dataset& data) { excused_ |= data; }

  // Acknowledged, and missing from `data` without an excuse.
  [[nodiscard]] Dataset missing_from(const Dataset& data) const {
    return acknowledged_ & ~data & ~kept_ & ~excused_;
  }
  [[nodiscard]] const Dataset& all() const { return acknowledged_; }
  [[nodiscard]] const Dataset& excused() const { return excused_; }

 private:
  Dataset acknowledged_;
  Dataset kept_;
  Dataset excused_;
};

}  // namespace redvip::sim
