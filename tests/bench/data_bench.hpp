// redvip_bench data: which acknowledged writes are left when all has healed, fault by fault, next
// to keepalived with the classic scripts.
#pragma once

namespace redvip::lab {

// Prints the table. Whether redvip lost none in the cases in which none need be lost: all but the
// killed Redis. Throws LabError.
[[nodiscard]] bool data_bench(int runs);

}  // namespace redvip::lab
