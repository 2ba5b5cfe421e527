// The importer's shell: files of this machine.
#pragma once

#include "daemon/import/files.hpp"

namespace redvip::keepalived {

[[nodiscard]] Files files_on_disk();

}  // namespace redvip::keepalived
