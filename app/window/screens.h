// What is drawn over the whole window: the list of lessons, or one lesson; and what may lie above either.
#pragma once

#include "app/window/desk.h"

namespace ipcscope {

void draw_list_screen(Desk& desk, const Theme& theme, const Rect& screen);
void draw_lesson_screen(Desk& desk, const Theme& theme, const Rect& screen);

// Pieces of them.
void draw_top_bar(Desk& desk, const Theme& theme, const ViewContext& context, const Rect& bar);
// "Enter open  ? keys", as much of it as fits.
void draw_key_line(const Theme& theme, const Rect& line, std::initializer_list<std::pair<const char*, const char*>> keys);

// Above everything, if there is cause: the list of keys, the question before foreign programs run, a complaint.
void draw_overlays(Desk& desk, const Theme& theme, const Rect& screen);

}  // namespace ipcscope
