// The edges' paths on the stage, once cards and objects have their places (stage_layout.h draws the free strips).
#pragma once

#include <cstddef>

#include "app/views/stage_layout.h"

namespace ipcscope {

// The free strips: upright ones between columns of cards, one level channel between the cards and the objects.
struct StageBands {
    std::size_t card_columns = 1;
    float card_cell = 0;           // width of a column of cards, gap included
    float left = 0;                // x where the first column begins
    float row_gap = 0;             // height of the free strip below a row of cards
    float channel_top = 0, channel_end = 0;
};

void route_edges(const StageScene& scene, StageLayout& layout, const StageBands& bands, float scale);

}  // namespace ipcscope
