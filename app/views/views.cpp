#include "app/views/side_views.h"

namespace ipcscope {

const std::vector<SideView> side_views = {
    {"Calls", "Which calls were made, in which order, and how did they end?", draw_calls},
    {"Descriptors", "What does each number in each process stand for, and who shares it?", draw_descriptors},
    {"Kernel agrees", "Does the kernel itself say what is drawn here?", draw_witness},
    {"Compare", "What does each mechanism cost here: time, calls, copies?", draw_comparison, true},
    {"Terminal", "What have the programs written, and what do they read from the keyboard?", draw_terminal},
};

}  // namespace ipcscope
