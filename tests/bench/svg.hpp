// The timelines: for each fault the writes of the clients of all systems, one under the other.
//
// Nothing is told by colour alone: what was kept is a full bar, what was lost is hatched, what was
// put aside is striped, and failures are ticks below. The colours are Okabe and Ito's.
#pragma once

#include <string>
#include <vector>

#include "bench/results.hpp"

namespace redvip::bench {

// One picture with these faults, each with a title; those that were not measured are left out.
[[nodiscard]] std::string timelines_svg(const Results& results,
                                        const std::vector<std::string>& faults);
// The same of one fault, without title and legend, for a page that has both.
[[nodiscard]] std::string timeline_svg(const Results& results, const std::string& fault);
[[nodiscard]] std::string legend_svg();

}  // namespace redvip::bench
