#include "core/session/doctor.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "app/commands/printing.h"

namespace ipcscope {

const std::string_view doctor_schema =
    "With --json, one object a line for each finding: what, is_fine, finding, loss (what is lost without it), is_essential.\n";

int examine(const DoctorOptions& options) {
    const Painter paint(stdout);
    const std::vector<Checkup> checkups = examine_machine();
    std::size_t width = 0;
    for (const Checkup& checkup : checkups) width = std::max(width, checkup.what.size());
    bool can_work = true;
    for (const Checkup& checkup : checkups) {
        can_work &= checkup.is_fine || !checkup.is_essential;
        if (options.is_json) {
            const nlohmann::ordered_json json = {{"what", checkup.what},
                                                 {"is_fine", checkup.is_fine},
                                                 {"finding", checkup.finding},
                                                 {"loss", checkup.loss},
                                                 {"is_essential", checkup.is_essential}};
            print_line(json.dump());
            continue;
        }
        const std::string mark = checkup.is_fine        ? paint(Paint::Green, "✓")
                                 : checkup.is_essential ? paint(Paint::Red, "✗")
                                                        : paint(Paint::Yellow, "–");
        print_line(mark + " " + checkup.what + std::string(width - checkup.what.size() + 2, ' ') + checkup.finding);
        if (!checkup.loss.empty()) print_line(std::string(width + 4, ' ') + paint(Paint::Dim, checkup.loss));
    }
    if (!options.is_json)
        print_line(can_work ? "\nipcscope can work here." : "\nipcscope cannot work here: what is marked ✗ is missing.");
    return can_work ? exit_success : exit_failed;
}

}  // namespace ipcscope
