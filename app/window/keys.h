// The keys: one table that is both dispatched and shown under `?`, so that the list and what happens cannot differ.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "app/window/desk.h"
#include "app/window/surface.h"

namespace ipcscope {

enum class Where { Anywhere, List, Lesson, Confirm };

struct KeyRow {
    Where where;
    std::string_view shown;                        // "Space", "1-9"; several keys are parted by a blank
    std::string_view what;
    std::vector<KeyPress> presses;
    bool is_shown = true;                          // a twin of another row is not listed again
    void (*act)(Desk& desk, const KeyPress& press);
};
std::span<const KeyRow> key_rows();

// `is_typing`: a text field has the keyboard; then only what is no text is ours.
void dispatch_keys(Desk& desk, const std::vector<KeyPress>& presses, bool is_typing);

}  // namespace ipcscope
