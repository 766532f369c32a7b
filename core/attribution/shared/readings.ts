/** For slopes of the score: blue is not evidence against the class, only a pixel that should be darker. */
export const slopeReading = 'Brighter helps the class where red, darker where blue.';
