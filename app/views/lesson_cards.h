// The cards inside a lesson's text: a prediction, this step's goals, things to break, the summary. Each draws at ImGui's
// cursor over `width` and moves it.
#pragma once

#include "app/views/view.h"

namespace ipcscope {

void draw_prediction(const ViewContext& context, int step, int block, float width);
void draw_goals(const ViewContext& context, int step, int block, float width);
// `key` does it, too.
void draw_what_if(const ViewContext& context, int step, int block, std::string_view key, float width);
void draw_what_if_result(const ViewContext& context, float width);
void draw_summary(const ViewContext& context, float width);

}  // namespace ipcscope
