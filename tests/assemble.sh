# mmib init --text: models from encoders that were trained elsewhere.
#
# SPDX-License-Identifier: Apache-2.0
. "$SRCDIR/tests/tap.sh"

encoders="python3 $SRCDIR/tests/encoders.py"
$encoders make "$work" || exit 99
printf '/per/org/member_of\n\n/loc/loc/contain\r\nNone\n' > "$work/relations"
cat > "$work/corpus.json" <<'END'
{"format": "mmib-corpus", "version": 1,
 "schema": {"entities": ["PER"], "relations": [{"name": "/per/org/member_of", "head": ["PER"]}, {"name": "/loc/loc/contain"}]},
 "posts": [{"id": "1", "tokens": ["Rob", "naps", "in", "york"],
   "entities": [{"id": "a", "start": 0, "end": 1, "type": "PER"}, {"id": "b", "start": 3, "end": 4, "type": "LOC"}]}]}
END

config_has()
{
    tr -d ' \n' < "$1/config.json" | grep -qF -e "$2"
}

init()
{
    "$MMIB" init "$@"
}

tap_ok "a model from BERT and a torchvision ResNet" init --text "$work/bert" --image "$work/basic.safetensors" \
    --entities PER,LOC --relations "$work/relations" --out "$work/one"
tap_ok "has BERT's tensors, byte for byte" $encoders taken "$work/one/model.safetensors" \
    "$work/bert/model.safetensors" text. 37
tap_ok "and ResNet's" $encoders taken "$work/one/model.safetensors" "$work/basic.safetensors" image.
tap_same "and the vocabulary" "$work/bert/vocab.txt" "$work/one/vocab.txt"
tap_ok "entity labels in the order given" config_has "$work/one" '"labels":["O","B-PER","I-PER","B-LOC","I-LOC"]'
tap_ok "None is the first relation" config_has "$work/one" '"labels":["None","/per/org/member_of","/loc/loc/contain"]'
tap_ok "depths and widths are inferred" config_has "$work/one" \
    '"layer_type":"basic","embedding_size":4,"hidden_sizes":[8,12,16,20],"depths":[1,2,1,1]'
tap_ok "the defaults are the paper's" config_has "$work/one" '"heads":4,"ffn_size":64,"max_objects":4'
tap_ok "it predicts" "$MMIB" predict "$work/corpus.json" --model "$work/one"

tap_ok "a model from other names and types" init --text "$work/prefixed" --image "$work/bottleneck" --entities PER \
    --ffn-size 0 --heads 2 --max-objects 1 --max-pieces 20 --out "$work/two" --dtype f32
tap_ok "has BERT's numbers" $encoders taken "$work/two/model.safetensors" "$work/prefixed/model.safetensors" text. 37
tap_ok "and Hugging Face's ResNet" $encoders taken "$work/two/model.safetensors" \
    "$work/bottleneck/model.safetensors" image.
tap_ok "cased as its tokenizer" config_has "$work/two" '"lowercase":false'
tap_ok "its options stand in the config" config_has "$work/two" '"heads":2,"ffn_size":0,"max_objects":1'
tap_ok "one of them with the text encoder" config_has "$work/two" '"max_pieces":20}'
tap_ok "and it predicts" "$MMIB" predict "$work/corpus.json" --model "$work/two"

tap_ok "a model's own encoders" init --text "$work/one" --image "$work/two" --relations "$work/corpus.json" \
    --out "$work/three" --max-pieces 30
tap_ok "are taken over" $encoders taken "$work/three/model.safetensors" "$work/bert/model.safetensors" text. 37
tap_ok "both of them" $encoders taken "$work/three/model.safetensors" "$work/bottleneck/model.safetensors" image.
tap_ok "with what their configs say" config_has "$work/three" '"layer_type":"bottleneck"'
tap_ok "relations of a corpus" config_has "$work/three" \
    '"tasks":{"re":{"labels":["None","/per/org/member_of","/loc/loc/contain"]'
tap_ok "a text-only model" init --text "$work/bert" --image none --entities PER --out "$work/four" --dtype bf16
tap_ok "predicts too" "$MMIB" predict "$work/corpus.json" --model "$work/four"
tap_ok "the same seed again" init --text "$work/bert" --entities PER --out "$work/five" --dtype bf16 --seed 0
tap_ok "makes the same model" cmp "$work/four/model.safetensors" "$work/five/model.safetensors"
tap_ok "another seed" init --text "$work/bert" --entities PER --out "$work/five" --dtype bf16 --seed 1 --force
tap_exit 1 "makes another one" cmp -s "$work/four/model.safetensors" "$work/five/model.safetensors"

# Refusals; each leaves nothing.
broken()
{
    rm -rf "$work/broken"
    cp -r "$work/bert" "$work/broken"
}
tap_ok "a model that is there stays" tap_says 4 "is there already" init --text "$work/bert" --entities PER --out "$work/one"
tap_ok "no head" tap_says 2 "--entities LIST and --relations FILE" init --text "$work/bert" --out "$work/x"
tap_ok "an entity twice" tap_says 2 "nothing twice" init --text "$work/bert" --entities PER,PER --out "$work/x"
tap_ok "a blank in a list" tap_says 2 "without blanks" init --text "$work/bert" --entities "PER, LOC" --out "$work/x"
tap_ok "neither way" tap_says 2 "--text DIR" init --entities PER --out "$work/x"
tap_ok "both ways" tap_says 2 "exclude" init --text "$work/bert" --random 1 --entities PER --out "$work/x"
tap_ok "a ResNet for text" tap_says 3 "model_type: is not \"bert\"" init --text "$work/bottleneck" --entities PER --out "$work/x"
tap_ok "a BERT for pictures" tap_says 3 "no ResNet" init --text "$work/bert" --image "$work/bert" --entities PER --out "$work/x"
tap_ok "no such encoder" tap_says 4 "absent" init --text "$work/bert" --image "$work/absent" --entities PER --out "$work/x"
broken; sed -i 's/"gelu"/"relu"/' "$work/broken/config.json"
tap_ok "another activation" tap_says 3 "hidden_act: is not \"gelu\"" init --text "$work/broken" --entities PER --out "$work/x"
broken; sed -i 's/"num_hidden_layers": 2/"num_hidden_layers": 3/' "$work/broken/config.json"
tap_ok "a layer that is not there" tap_says 3 "encoder.layer.2.attention.self.query.weight: this tensor is missing" \
    init --text "$work/broken" --entities PER --out "$work/x"
broken; sed -i 's/"hidden_size": 16/"hidden_size": "16"/' "$work/broken/config.json"
tap_ok "a size that is none" tap_says 3 "hidden_size: is not a number" init --text "$work/broken" --entities PER --out "$work/x"
broken; sed -i 's/"intermediate_size": 32/"intermediate_size": 48/' "$work/broken/config.json"
tap_ok "shapes that do not fit" tap_says 3 "intermediate.dense.weight: shape is [32, 16]" \
    init --text "$work/broken" --entities PER --out "$work/x"
broken; sed -i 2d "$work/broken/vocab.txt"
tap_ok "a vocabulary that does not fit" tap_says 3 "vocab.txt: has 56 lines" init --text "$work/broken" --entities PER --out "$work/x"
tap_ok "heads that do not fit" tap_says 3 "mmib.heads: does not divide" init --text "$work/bert" --heads 3 --entities PER --out "$work/x"
printf 'a\nb\na\n' > "$work/bad"
tap_ok "a relation twice" tap_says 3 "bad:3: a stands twice" init --text "$work/bert" --relations "$work/bad" --out "$work/x"
printf '\n \n' > "$work/bad"
tap_ok "no relation" tap_says 3 "bad: no names" init --text "$work/bert" --relations "$work/bad" --out "$work/x"
printf 'a\n\377\n' > "$work/bad"
tap_ok "relations that are no text" tap_says 3 "bad:2: not UTF-8" init --text "$work/bert" --relations "$work/bad" --out "$work/x"
printf '["a",\n {"nome": "b"}]\n' > "$work/bad"
tap_ok "an object without a name" tap_says 3 "bad:2: neither a name" init --text "$work/bert" --relations "$work/bad" --out "$work/x"
tap_ok "none of these left anything" [ ! -e "$work/x" ]
tap_done
