/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCPCRYPT_VECTORS_H
#define SMKEX_TCPCRYPT_VECTORS_H

/** \file As tcpcrypt_vectors.py prints it. */

// clang-format off

namespace smkex
{

/** One exchange, octets in hexadecimal digits. */
struct TcpcryptVector
{
    unsigned tep;
    const char* privateA;
    const char* privateB;
    const char* nonceA;
    const char* nonceB;
    const char* transcript;
    const char* init1;
    const char* init2;
    const char* secret;
    const char* sessionSecret;
    const char* sessionId;
    const char* keyA;
    const char* keyB;
    const char* frameA;
    const char* lastFrameA;
    const char* frameB;
    const char* nonceC;
    const char* nonceS;
    const char* binding;
};

constexpr TcpcryptVector TCPCRYPT_VECTORS[]{
    {0x23,
     "11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dce3ea",
     "525960676e757c838a91989fa6adb4bbc2c9d0d7dee5ecf3fa01080f161d242b",
     "838a91989fa6adb4bbc2c9d0d7dee5ecf3fa01080f161d242b323940474e555c",
     "c4cbd2d9e0e7eef5fc030a11181f262d343b424950575e656c737a81888f969d",
     "45032345040123",
     "15101a0e0000004a0101838a91989fa6adb4bbc2c9d0d7dee5ecf3fa01080f161d242b323940474e555ce52b940ad182cfed595624daaaa892f68f14d52c49ae9016b6ab870e080e8300",
     "097105e00000004901c4cbd2d9e0e7eef5fc030a11181f262d343b424950575e656c737a81888f969d746655c656dbc51442507ba6ff2358fa641eefde6fc57c16c4aa488437eb615f",
     "b7ded905fc108875a64c292a9c2c771bd2d0a47f6ff4091a0542b8eb00caf918",
     "b5fbe177cf15b1ad8bffbff2ecb07e8d608ea480e227be9bda81f94387318f8d",
     "231fb02424803491e8a7567defe30acdba670bc89fa908b9131e6efa63cfdc83fb",
     "0eff47fbf89bb3c0c249a9be5d8b5212",
     "40213b6e44891f3e2e6e6387474ec9fb",
     "000018f3d9d539a16c6ea9315c6f49515491db8e455950c4bf1a11",
     "0000152d3b0756a17a1f40dd5ce58881574ce42b495f79a9",
     "000032bbb262b00cd6131ccf555e12d82ccea5ab1a68d36faaa6ec48cdaa4a8c5bd1f9ba0b02c5be1e930750ca68d64c94bc049245",
     "252c333a41484f565d646b727980878e959ca3aab1b8bfc6cdd4dbe2e9f0f7fe",
     "666d747b828990979ea5acb3bac1c8cfd6dde4ebf2f900070e151c232a31383f",
     "4b3e06e43b57d12d19dbeda7b61407e64cbd0450f2608920999ddf1a21b15054"},
    {0x21,
     "11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dce3ea",
     "525960676e757c838a91989fa6adb4bbc2c9d0d7dee5ecf3fa01080f161d242b",
     "838a91989fa6adb4bbc2c9d0d7dee5ecf3fa01080f161d242b323940474e555c",
     "c4cbd2d9e0e7eef5fc030a11181f262d343b424950575e656c737a81888f969d",
     "45032145040121",
     "15101a0e0000004d0101838a91989fa6adb4bbc2c9d0d7dee5ecf3fa01080f161d242b323940474e555c002302eee22ca71fdbbbd9521e1e4270b445bc8e159d1e587a212c220949c3f967acef",
     "097105e00000004c01c4cbd2d9e0e7eef5fc030a11181f262d343b424950575e656c737a81888f969d0023021ec1bfe4b6577eb483d6439b3042efe224bbb80084fbab1acde8307758dee1b1",
     "ebad0e7ab3a759512bf81e984400b580a4e35aab9c5b8ccd91306d42e832a458",
     "0b44f95df22ade669dc8cad231e4f4bc77f3ba9b31fcf094a518341c2edd1636",
     "213964cc2e69d2d2a184b790238efdf6d08e7c5ca8d228f613fda60fcc744720bd",
     "38719348de6f01bbf0ded017434a399a",
     "d1ea2049d7375bf50852828a272d4542",
     "000018c59794cbd7855f0f75e79c3abdc4c144d49c04406172da6e",
     "000015143397651e07d5d1a50ddf9e307c9a4e26d3543b02",
     "00003275b9e64dc0557ab72c94406bdb63a877e8d2fd6acc10aa5dfcf52ea7cc0ac76813165b90be33b6ccbb0df8062c470c2dbda5",
     "252c333a41484f565d646b727980878e959ca3aab1b8bfc6cdd4dbe2e9f0f7fe",
     "666d747b828990979ea5acb3bac1c8cfd6dde4ebf2f900070e151c232a31383f",
     "3d6ad52b998a37dc5f3890b01da4b3e13fa707239bda65e5b6b74f5142a714c3"},
};

} // namespace smkex

// clang-format on

#endif // SMKEX_TCPCRYPT_VECTORS_H
