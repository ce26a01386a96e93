package gradebook

import "strings"

// decomposed returns text with each letter before its accents, which is Unicode's form NFD for the
// letters of names that are Latin, Greek, Cyrillic, Arabic, Japanese or Korean. A Mac names files
// so, and a course system has the same names in the form NFC.
func decomposed(text string) string {
	var b strings.Builder
	for _, r := range text {
		decompose(&b, r)
	}
	return b.String()
}

func decompose(b *strings.Builder, r rune) {
	if n := r - firstHangul; 0 <= n && n < 19*21*28 {
		b.WriteRune(0x1100 + n/(21*28))
		b.WriteRune(0x1161 + n/28%21)
		if last := n % 28; last > 0 {
			b.WriteRune(0x11a7 + last)
		}
		return
	}
	pair, ok := parts[r]
	if !ok {
		b.WriteRune(r)
		return
	}
	decompose(b, pair[0])
	b.WriteRune(pair[1])
}

// firstHangul is the first of the syllables of Korean, which are made of two or three letters each.
const firstHangul = 0xac00

// parts are what a letter with an accent is made of: a letter, perhaps with another accent, and an
// accent.
var parts = func() map[rune][2]rune {
	all := make(map[rune][2]rune)
	for accent, pairs := range accented {
		letters := []rune(pairs)
		for i := 0; i+1 < len(letters); i += 2 {
			all[letters[i+1]] = [2]rune{letters[i], accent}
		}
	}
	return all
}()

// accented are pairs of letters by accent: one without, and the same with it.
var accented = map[rune]string{
	0x0300: "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳ",
	0x0301: "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ̈̈́¨΅ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứ",
	0x0302: "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ",
	0x0303: "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ",
	0x0304: "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝ",
	0x0306: "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặ",
	0x0307: "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ",
	0x0308: "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ",
	0x0309: "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ",
	0x030a: "AÅaåUŮuůwẘyẙ",
	0x030b: "OŐoőUŰuűУӲуӳ",
	0x030c: "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ",
	0x030f: "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ",
	0x0311: "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ",
	0x031b: "OƠoơUƯuư",
	0x0323: "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ",
	0x0324: "UṲuṳ",
	0x0325: "AḀaḁ",
	0x0326: "SȘsșTȚtț",
	0x0327: "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ",
	0x0328: "AĄaąEĘeęIĮiįUŲuųOǪoǫ",
	0x032d: "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ",
	0x032e: "HḪhḫ",
	0x0330: "EḚeḛIḬiḭUṴuṵ",
	0x0331: "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ",
	0x0653: "اآ",
	0x0654: "اأوؤيئەۀہۂےۓ",
	0x0655: "اإ",
	0x3099: "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸヱヹヲヺヽヾ",
	0x309a: "はぱひぴふぷへぺほぽハパヒピフプヘペホポ",
}
