#pragma once

// The layers that the contract is held to: a new layer adds its cases here.

#include <ostream>
#include <string>
#include <vector>

#include "core/model/layer.h"

namespace vitrine::test {

struct Case {
  std::string name, type;
  Params params;
  std::vector<Shape> in;
  std::int64_t rows = 5;
};
inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

inline Params conv(std::int64_t filters, IntPair kernel, IntPair stride, const std::string& padding, IntPair amount = {1, 1}, bool bias = true) {
  return {{"filters", filters}, {"kernel", kernel}, {"stride", stride}, {"padding", padding}, {"padding_size", amount}, {"use_bias", bias}};
}
inline Params pool(IntPair kernel, IntPair stride, const std::string& padding) {
  return {{"kernel", kernel}, {"stride", stride}, {"padding", padding}};
}

inline Params series(std::int64_t filters, std::int64_t kernel, std::int64_t stride, const std::string& padding) {
  return {{"filters", filters}, {"kernel", kernel}, {"stride", stride}, {"padding", padding}};
}
inline Params with(Params base, const Params& more) {
  for (const auto& [id, value] : more) base[id] = value;
  return base;
}

/// Every layer of the registry, with the sizes that are most likely to go wrong.
inline std::vector<Case> cases() {
  std::vector<Case> all{
      {"dense", "dense", {{"units", std::int64_t{5}}}, {{7}}},
      {"dense_one_row", "dense", {{"units", std::int64_t{3}}}, {{4}}, 1},
      {"dense_no_bias", "dense", {{"units", std::int64_t{4}}, {"use_bias", false}}, {{3}}},
      {"dense_one_to_one", "dense", {{"units", std::int64_t{1}}}, {{1}}, 3},
      {"dense_many_rows", "dense", {{"units", std::int64_t{18}}}, {{33}}, 19},
      {"conv_same", "conv2d", conv(4, {3, 3}, {1, 1}, "same"), {{6, 5, 3}}, 3},
      {"conv_valid_not_square", "conv2d", conv(3, {3, 2}, {1, 1}, "valid"), {{7, 4, 2}}, 3},
      {"conv_number", "conv2d", conv(2, {3, 3}, {1, 1}, "number", {2, 1}), {{4, 5, 1}}, 3},
      {"conv_same_even_kernel_stride_2", "conv2d", conv(2, {4, 2}, {2, 2}, "same"), {{7, 6, 2}}, 2},
      {"conv_stride_above_kernel", "conv2d", conv(3, {2, 1}, {3, 2}, "valid"), {{8, 7, 2}}, 2},
      {"conv_one_row_no_bias", "conv2d", conv(5, {5, 5}, {1, 2}, "same", {0, 0}, false), {{5, 6, 1}}, 1},
      {"conv_1x1", "conv2d", conv(4, {1, 1}, {1, 1}, "valid"), {{3, 3, 5}}, 4},
      {"conv_whole_image", "conv2d", conv(2, {4, 3}, {1, 1}, "valid"), {{4, 3, 2}}, 2},
      {"conv_padding_above_kernel", "conv2d", conv(2, {2, 2}, {2, 3}, "number", {3, 4}), {{3, 2, 2}}, 2},
      {"conv_wide", "conv2d", conv(17, {3, 3}, {1, 1}, "same"), {{5, 9, 8}}, 2},
      {"softmax", "softmax", {}, {{6}}},
      {"softmax_of_pixels", "softmax", {}, {{2, 3, 4}}, 2},
      {"flatten_image", "flatten", {}, {{3, 2, 5}}},
      {"flatten_vector", "flatten", {}, {{7}}},
      {"flatten_series", "flatten", {}, {{4, 3}}},
      {"global_avgpool", "global_avgpool", {}, {{3, 4, 5}}},
      {"leaky_relu_steep", "leaky_relu", {{"slope", 0.3}}, {{9}}},
      {"dropout_none", "dropout", {{"rate", 0.0}}, {{9}}},
      {"batchnorm_vector", "batchnorm", {}, {{4}}, 7},
      {"batchnorm_one_row", "batchnorm", {}, {{4}}, 1},
      {"batchnorm_image", "batchnorm", {{"epsilon", 0.01}}, {{3, 5, 2}}, 4},
      {"batchnorm_large_map", "batchnorm", {}, {{9, 9, 1}}, 2},
      {"add", "add", {}, {{2, 3, 2}, {2, 3, 2}}},
      {"add_three", "add", {}, {{5}, {5}, {5}}},
      {"concat_images", "concat", {}, {{2, 3, 2}, {2, 3, 1}, {2, 3, 4}}},
      {"concat_vectors", "concat", {}, {{3}, {6}}},
      {"output", "output", {}, {{4}}},
      {"dense_series", "dense", {{"units", std::int64_t{3}}}, {{4, 5}}, 3},
      {"conv_dilated", "conv2d", with(conv(3, {3, 2}, {1, 1}, "same"), {{"dilation", IntPair{2, 3}}}), {{7, 6, 2}}, 2},
      {"conv_dilated_stride", "conv2d", with(conv(2, {2, 2}, {2, 1}, "number", {2, 1}), {{"dilation", IntPair{2, 1}}}), {{5, 4, 3}}, 2},
      {"conv_grouped", "conv2d", with(conv(6, {3, 3}, {1, 1}, "same"), {{"groups", std::int64_t{2}}}), {{4, 5, 4}}, 2},
      {"conv_depthwise", "conv2d", with(conv(3, {3, 3}, {1, 1}, "same"), {{"groups", std::int64_t{3}}}), {{5, 4, 3}}, 2},
      {"conv_depthwise_multiplied", "conv2d", with(conv(4, {2, 3}, {2, 1}, "valid"), {{"groups", std::int64_t{2}}, {"dilation", IntPair{1, 2}}}), {{5, 6, 2}}, 2},
      {"conv1d_same", "conv1d", series(4, 3, 1, "same"), {{7, 3}}, 3},
      {"conv1d_stride", "conv1d", series(3, 2, 3, "valid"), {{9, 2}}, 2},
      {"conv1d_dilated", "conv1d", with(series(2, 3, 1, "number"), {{"dilation", std::int64_t{2}}, {"padding_size", std::int64_t{3}}}), {{6, 2}}, 2},
      {"conv1d_depthwise_one_row", "conv1d", with(series(4, 3, 2, "same"), {{"groups", std::int64_t{4}}, {"use_bias", false}}), {{5, 4}}, 1},
      {"reshape_image", "reshape", {{"size", IntPair{2, 3}}}, {{12}}},
      {"reshape_image_to_image", "reshape", {{"size", IntPair{4, 1}}}, {{2, 3, 2}}, 2},
      {"reshape_series", "reshape", {{"to", std::string("series")}, {"steps", std::int64_t{4}}}, {{2, 3, 2}}, 2},
      {"global_avgpool_series", "global_avgpool", {}, {{6, 3}}},
      {"global_maxpool", "global_maxpool", {}, {{3, 4, 5}}},
      {"global_maxpool_series", "global_maxpool", {}, {{7, 2}}},
      {"prelu_channels", "prelu", {{"per_channel", true}}, {{2, 3, 4}}, 3},
      {"elu_alpha", "elu", {{"alpha", 0.3}}, {{11}}},
      {"layernorm_vector", "layernorm", {}, {{6}}},
      {"layernorm_series", "layernorm", {{"epsilon", 0.01}}, {{4, 5}}, 2},
      {"layernorm_image", "layernorm", {}, {{2, 3, 4}}, 2},
      {"gaussian_noise_none", "gaussian_noise", {{"deviation", 0.0}}, {{9}}},
      {"multiply", "multiply", {}, {{2, 3, 2}, {2, 3, 2}}},
      {"multiply_three", "multiply", {}, {{5}, {5}, {5}}},
  };
  for (const char* type : {"simple_rnn", "lstm", "gru"}) {
    const Params units{{"units", std::int64_t{5}}};
    const std::string sequence = "sequence";
    all.push_back({std::string(type) + "_last", type, units, {{4, 3}}, 3});
    all.push_back({std::string(type) + "_sequence", type, with(units, {{"output", sequence}}), {{3, 2}}, 2});
    all.push_back({std::string(type) + "_both_ways", type, with(units, {{"bidirectional", true}}), {{4, 2}}, 2});
    all.push_back({std::string(type) + "_both_ways_sequence", type, with(units, {{"bidirectional", true}, {"output", sequence}}), {{3, 1}}, 3});
    all.push_back({std::string(type) + "_one_step_one_row", type, {{"units", std::int64_t{1}}}, {{1, 2}}, 1});
  }
  all.push_back({"simple_rnn_relu", "simple_rnn", {{"units", std::int64_t{4}}, {"activation", std::string("relu")}}, {{3, 2}}, 2});
  for (const char* type : {"maxpool1d", "avgpool1d"}) {
    const auto window = [](std::int64_t kernel, std::int64_t stride, const char* padding) {
      return Params{{"kernel", kernel}, {"stride", stride}, {"padding", std::string(padding)}};
    };
    all.push_back({std::string(type) + "_plain", type, {}, {{6, 3}}, 3});
    all.push_back({std::string(type) + "_same", type, window(3, 2, "same"), {{7, 2}}, 2});
    all.push_back({std::string(type) + "_stride_above_window", type, window(2, 3, "valid"), {{9, 1}}, 1});
  }
  for (const char* type : {"maxpool2d", "avgpool2d"}) {
    all.push_back({std::string(type) + "_plain", type, {}, {{6, 4, 3}}, 3});
    all.push_back({std::string(type) + "_odd", type, {}, {{7, 5, 2}}, 2});
    all.push_back({std::string(type) + "_many_channels", type, {}, {{5, 7, 11}}, 2});
    all.push_back({std::string(type) + "_overlapping", type, pool({3, 2}, {1, 1}, "valid"), {{5, 6, 2}}, 2});
    all.push_back({std::string(type) + "_same", type, pool({3, 3}, {2, 2}, "same"), {{6, 5, 9}}, 2});
    all.push_back({std::string(type) + "_stride_above_window", type, pool({2, 1}, {3, 2}, "valid"), {{9, 4, 1}}, 1});
    all.push_back({std::string(type) + "_same_stride_above_window", type, pool({1, 2}, {2, 3}, "same"), {{5, 7, 2}}, 2});
  }
  for (const char* type : {"relu", "leaky_relu", "sigmoid", "tanh", "dropout", "prelu", "elu", "selu", "gelu", "silu", "softplus", "hard_sigmoid",
                           "hard_tanh", "gaussian_noise"}) {
    all.push_back({std::string(type) + "_vector", type, {}, {{13}}});
    all.push_back({std::string(type) + "_image", type, {}, {{3, 5, 2}}, 3});
    all.push_back({std::string(type) + "_long", type, {}, {{67}}, 2});
  }
  return all;
}

}  // namespace vitrine::test
